import type { Envelope } from '@tradewind/events/envelope.ts';
import { errorCatalogue } from '@tradewind/events/errors.ts';
import type { LogRecord } from '../port.ts';

/**
 * Where a consumer group puts records that it cannot handle, so that its partitions go on. It lives in the consumer's
 * own database. A key with a parked record is parked as a whole: what comes of it later waits behind, in order.
 * Every method may throw CodedError `parking-unavailable` (canRetry).
 */
export interface ParkingLot {
  /** What a member of the group must know before it handles anything. */
  standing(group: string): Promise<Standing>;

  /**
   * Parks a record: unconditionally one that failed; any other only while its key is parked. Durable when it resolves;
   * again by the same topic, partition and offset it has no effect.
   * @returns what holds of the record now; `free` where nothing keeps it from being handled.
   */
  park(group: string, arrival: Arrival): Promise<Fate>;

  /** Asks for the records of a key, or of all keys, to be handled again. @returns how many records that concerns. */
  redrive(group: string, key?: string): Promise<number>;

  /**
   * The first record of each key that is to be redriven and is in nobody else's hands, for `ttlMs` in `holder`'s. The
   * claim only saves work: whoever outlives it handles a record twice.
   */
  claim(group: string, holder: string, options: { ttlMs: number; limit: number }): Promise<ParkedRecord[]>;

  /** The record was handled: it is gone, and with the last one of its key the key is free. */
  leave(group: string, id: string): Promise<void>;

  /** The record failed again: it stays, with its new reason, and its key waits for another redrive. */
  fail(group: string, id: string, failure: Failure): Promise<void>;

  /**
   * Gives a record up for good; it stays as evidence. What waits behind it goes on waiting for a redrive; where nothing
   * does, the key is free.
   * @throws CodedError `parked-unknown` where none is parked under that id
   */
  drop(group: string, id: string, drop: Drop): Promise<ParkedRecord>;

  /** Oldest first. */
  list(group: string, filter: { key?: string; state?: ParkedRecord['state']; limit: number }): Promise<ParkedRecord[]>;

  find(group: string, id: string): Promise<ParkedRecord | undefined>;

  /** All records that are parked or dropped: who reads the log anew leaves them out. */
  aside(group: string): Promise<Aside[]>;

  close(): Promise<void>;
}

export interface Place { topic: string; partition: number; offset: number }

export interface Aside extends Place { key: string; state: 'parked' | 'dropped' }

export interface Standing {
  /** Keys with parked records. */
  keys: string[];
  dropped: Place[];
  /** Records parked. */
  records: number;
  /** Whether a redrive is asked for. */
  wanted: boolean;
  /** Records that have left so far by being redriven. */
  departed: number;
}

export interface Arrival {
  record: LogRecord;
  key: string;
  /** Absent where the record was not tried, since its key is parked. */
  failure?: Failure;
  /** Epoch milliseconds. */
  at: number;
}

export interface Failure {
  code: string;
  /** Message and stack, bounded. */
  reason: string;
  /** Times it was tried. */
  attempts: number;
  /** First and last try, epoch milliseconds. */
  firstAt: number;
  lastAt: number;
}

export type Fate = 'parked' | 'dropped' | 'free';

export interface Drop { by: string; reason: string; /** Epoch milliseconds. */ at: number }

export interface ParkedRecord extends Place, Failure {
  /** In this lot; the first to come has the smallest. */
  id: string;
  key: string;
  envelope: Envelope;
  /** Epoch milliseconds at which the log took it. */
  takenAt: number;
  state: 'parked' | 'dropped';
  dropped?: Drop;
}

/** Of a record that was not tried: it waits behind another of its key. */
export const BEHIND = 'waits-behind';

export const parkingErrors = errorCatalogue('log/parking', {
  'parking-unavailable': { title: 'The parking lot does not answer', canRetry: true },
  'parking-full': { title: 'So many keys are parked that more would hide something larger', canRetry: true },
  'parked-unknown': { title: 'No record is parked under that id', canRetry: false },
});
