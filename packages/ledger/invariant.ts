import type { Observation } from './facts.ts';

/**
 * Something that must be true of the whole platform. `always`: at any instant, since it is about sums of
 * one store or about what was committed. `settled`: once an order's saga has ended; the others are in flight.
 */
export interface Invariant {
  name: string;
  /** What it says, in words, for a person reading the verdict. */
  says: string;
  kind: 'always' | 'settled';
  on: Handlers;
  /** Asked once, after the last observation. */
  findings(): Findings;
}

export type Handlers = { [Type in Observation['type']]?: (seen: Extract<Observation, { type: Type }>) => void };

export interface Findings {
  breaches: Breaches;
  /** How many things were held against it, and what they are: `500 customers`. */
  judged: number;
  of: string;
  /** What could not be judged, since it is still under way. */
  inFlight: number;
}

const KEPT = 10;

/** What broke: how often, and the first of it by name. */
export class Breaches {
  readonly first: { subject: string; detail: string }[] = [];
  count = 0;

  /** @param subject stream or order id. */
  add(subject: string, detail: string): void {
    this.count += 1;
    if (this.first.length < KEPT) this.first.push({ subject, detail });
  }
}
