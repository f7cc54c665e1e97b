import { expect } from '@jest/globals';
import { print } from '@tradewind/ledger/print.ts';
import type { Ground } from './ground.ts';
import { inALine } from './page.ts';
import type { Row } from './row.ts';
import { Trial, wrongWith, type Blow } from './trial.ts';

export interface Strike extends Blow {
  /** What is struck, and how: for people. */
  victim: string;
  how: string;
  /** Begins the ids of its orders. */
  run: string;
  /** Orders a second. */
  load: number;
  warmMs: number;
  withinMs: number;
  /** Times that its supervisor found it dead, where it has one. */
  deaths?(): number;
}

/** Strikes once under load, waits until clients see nothing of it any more, and asks the ledger. @returns the row; nothing is lost or done twice. */
export async function strikeUnderLoad(ground: Ground, { victim, how, run, load, warmMs, withinMs, deaths = () => 0, ...blow }: Strike): Promise<Row> {
  const before = deaths();
  const trial = await Trial.begin(ground, run, { perSecond: load, warmMs });
  const fault = await trial.strike(blow, withinMs).catch(async (error: unknown) => {
    process.stdout.write(`${print((await trial.end()).verdict)}\n`);
    throw error;
  });
  const outcome = await trial.end();
  const { counts, delivered, givenUp, resends } = outcome;
  const row: Row = { victim, how, ...trial.seen(fault), ...counts, delivered, givenUp, resends, deaths: deaths() - before };
  process.stdout.write(`${inALine(row)}\n`);
  expect(wrongWith(outcome)).toEqual([]);
  expect(counts.acknowledged).toBeGreaterThan(0);
  return row;
}
