import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { struck, victimNamed } from './harness/comes-back.ts';
import { e2eConfig } from './harness/config.ts';
import { keep } from './harness/results.ts';
import type { Row } from './harness/row.ts';
import { openStage, type Stage } from './harness/stage.ts';

const VICTIMS = ['kafka', 'rabbitmq', 'orders'];
/** The short form, for every change: three telling faults on one platform. */
const { load, keep: kept } = e2eConfig(process.env);
const rows: Row[] = [];
let stage: Stage | undefined;
beforeAll(async () => { stage = await openStage('three-faults'); });
afterAll(async () => {
  await stage?.close();
  if (kept && rows.length === VICTIMS.length) keep('three-faults', load, rows);
});

test.each(VICTIMS)('%s killed: no order is lost, none is done twice', async (name) => {
  if (!stage) throw new Error('the platform did not start');
  const row = await struck(stage, { victim: victimNamed(stage, name), how: 'killed', load });
  rows.push(row);
  expect(row).toMatchObject({ lost: 0, unexpected: 0, twice: 0 });
});
