import type { Attempt, Found } from './attempts.ts';

/** What a load elsewhere says of itself: a line of JSON each, numbered from 1 without a gap. */
export type Told = { n: number } & Saying;

export type Saying =
  | { type: 'started' }
  /** Said when an order is sent, and again when its client knows what became of it. */
  | { type: 'attempt'; attempt: Attempt }
  /** Orders settled since it began, more than before, as seen at an instant. */
  | { type: 'grew'; at: number; settled: number }
  /** The last word, after the last order has its answer. */
  | { type: 'ended'; found: { placed: [string, number][]; charged: [string, number][] }; oddities: string[]; resent: number };

/** @throws Error when it is no such line */
export function heard(line: string): Told {
  const told = JSON.parse(line) as Told;
  if (!Number.isInteger(told.n) || typeof told.type !== 'string') throw new Error(`a load said ${line.slice(0, 200)}`);
  return told;
}

export function foundOf({ placed, charged }: Extract<Saying, { type: 'ended' }>['found']): Found {
  return { placed: new Map(placed), charged: new Map(charged) };
}
