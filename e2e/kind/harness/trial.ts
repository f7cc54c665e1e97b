import { expect } from '@jest/globals';
import { e2eConfig } from '../../harness/config.ts';
import { keepAmong } from '../../harness/results.ts';
import type { Row } from '../../harness/row.ts';
import { strikeUnderLoad } from '../../harness/strike.ts';
import type { Blow } from '../../harness/trial.ts';
import type { KindStage } from './stage.ts';

const WARM_MS = 8_000;
const WITHIN_MS = 300_000;
const KIND_LOAD = '10';

/** Orders a second: fewer than on compose, for the same two cores carry a cluster as well. */
const { load, keep } = e2eConfig({ ...process.env, LOAD: process.env.LOAD || KIND_LOAD });

export interface Strike extends Blow {
  victim: string;
  how: string;
  /** No request may fail, not even one that is sent again. */
  unfailing?: boolean;
}

/** Strikes once under load, and keeps the row where rows are kept. */
export async function struck(stage: KindStage, { victim, how, unfailing = false, ...blow }: Strike): Promise<Row> {
  const run = `${victim}-${how}-${Date.now().toString(36)}`.replaceAll(/[^a-z0-9-]+/g, '-');
  const row = await strikeUnderLoad(stage, { victim, how, run, load, warmMs: WARM_MS, withinMs: WITHIN_MS, ...blow });
  const { resends, unknown, refused } = row;
  if (unfailing) expect({ resends, unknown, refused }).toEqual({ resends: {}, unknown: 0, refused: 0 });
  if (keep) keepAmong('kind', load, row);
  return row;
}
