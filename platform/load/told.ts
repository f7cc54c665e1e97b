import type { Attempt } from './attempts.ts';

/** What a load elsewhere says of itself: a line of JSON each, numbered from 1 without a gap. */
export type Told = { n: number } & Saying;

export type Saying =
  | { type: 'started' }
  /** Said when an order is sent, and again when its client knows what became of it. */
  | { type: 'attempt'; attempt: Attempt }
  /** Orders settled since it began, more than before, as seen at an instant. */
  | { type: 'grew'; at: number; settled: number }
  /** The last word, after the last order has its answer. */
  | { type: 'ended'; oddities: string[]; resends: Record<string, number> };

/** @throws Error when it is no such line: what the load complains of, as a rule */
export function heard(line: string): Told {
  if (!line.startsWith('{')) throw new Error(line.slice(0, 500));
  return JSON.parse(line) as Told;
}
