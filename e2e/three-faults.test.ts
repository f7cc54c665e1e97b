import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { struck, victimNamed } from './harness/comes-back.ts';
import { e2eConfig } from './harness/config.ts';
import { openStage, type Stage } from './harness/stage.ts';

/** The short form, for every change: three telling faults on one platform. */
const { load } = e2eConfig(process.env);
let stage: Stage | undefined;
beforeAll(async () => { stage = await openStage('three-faults'); });
afterAll(async () => { await stage?.close(); });

test.each(['kafka', 'rabbitmq', 'orders'])('%s killed: no order is lost, none is done twice', async (name) => {
  if (!stage) throw new Error('the platform did not start');
  expect(await struck(stage, { victim: victimNamed(stage, name), how: 'killed', load })).toMatchObject({ lost: 0, unexpected: 0, twice: 0 });
});
