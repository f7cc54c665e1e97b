import type { Outcomes } from './outcomes.ts';
import type { ParkedRecords } from './parked.ts';

/** What the ledger says. It is JSON. */
export interface Verdict {
  /** No invariant is broken. Whatever is in flight was not judged. */
  holds: boolean;
  /** Most that any one invariant could not judge yet; 0 when all is settled. */
  inFlight: number;
  invariants: InvariantVerdict[];
  orders: Outcomes;
  /** By consumer group: their orders are in flight until a person has seen to them. */
  parkedRecords: ParkedRecords[];
  /** Records of the log beyond the first of their event. */
  duplicatesDelivered: number;
}

export interface InvariantVerdict {
  name: string;
  says: string;
  kind: 'always' | 'settled';
  holds: boolean;
  /** How many of `of` were held against it. */
  judged: number;
  of: string;
  inFlight: number;
  /** All of them counted, the first ten by name of a stream or id of an order. */
  breaches: { count: number; first: { subject: string; detail: string }[] };
}

/** 0 holds, 1 breach, 3 still in flight. */
export function exitCode({ holds, inFlight }: Verdict): 0 | 1 | 3 {
  if (!holds) return 1;
  return inFlight > 0 ? 3 : 0;
}
