import { expect } from '@jest/globals';
import { print } from '@tradewind/ledger/print.ts';
import { e2eConfig } from '../../harness/config.ts';
import { inALine } from '../../harness/page.ts';
import { keepAmong } from '../../harness/results.ts';
import type { Row } from '../../harness/row.ts';
import { Trial, wrongWith, type Blow } from '../../harness/trial.ts';
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

/** Strikes once under load, waits until clients see nothing of it any more, and asks the ledger. @returns the row; nothing is lost or done twice. */
export async function struck(stage: KindStage, { victim, how, unfailing = false, ...blow }: Strike): Promise<Row> {
  const trial = await Trial.begin(stage, `${victim}-${how}-${Date.now().toString(36)}`.replaceAll(/[^a-z0-9-]+/g, '-'), { perSecond: load, warmMs: WARM_MS });
  const fault = await trial.strike(blow, WITHIN_MS).catch(async (error: unknown) => {
    process.stdout.write(`${print((await trial.end()).verdict)}\n`);
    throw error;
  });
  const outcome = await trial.end();
  const { counts, delivered, givenUp, resent } = outcome;
  const row: Row = { victim, how, ...trial.seen(fault), ...counts, delivered, givenUp, resent, deaths: 0 };
  process.stdout.write(`${inALine(row)}\n`);
  expect(wrongWith(outcome)).toEqual([]);
  expect(counts.acknowledged).toBeGreaterThan(0);
  if (unfailing) expect({ resent, unknown: counts.unknown, refused: counts.refused }).toEqual({ resent: 0, unknown: 0, refused: 0 });
  if (keep) keepAmong('kind', load, row);
  return row;
}
