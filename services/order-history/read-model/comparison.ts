import type { Counts } from './projection.ts';

/** One generation, summed up. */
export interface Sum {
  counts: Counts;
  /** Entries of all audit trails. */
  entries: number;
  /** Of orders and audit trails as they are stored, in any order: 16 hexadecimal digits. */
  digest: string;
}

/** Two generations at the same positions of the log. */
export interface Comparison {
  equal: boolean;
  live: Sum;
  candidate: Sum;
  /** Orders whose view or audit trail differs, or that one of the two lacks. */
  differing: number;
  /** The first of them by id, `EXAMPLES` at most. */
  examples: string[];
}

export const EXAMPLES = 5;

/** Counts are stored apart from the orders that they count: they are compared as well. */
export function comparisonOf({ live, candidate, differing, examples }: Omit<Comparison, 'equal'>): Comparison {
  const same = JSON.stringify(live) === JSON.stringify(candidate);
  return { equal: differing === 0 && same, live, candidate, differing, examples };
}
