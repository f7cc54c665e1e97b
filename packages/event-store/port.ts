import type { Draft, Envelope } from '@tradewind/events/envelope.ts';
import { errorCatalogue } from '@tradewind/events/errors.ts';

/** Number of events in a stream, which is also the position of its last; 0 for one that has none. */
export type Version = number;

/** One service's own database: its streams, and what is committed together with them. */
export interface EventStore {
  /**
   * Appends events to streams, and what belongs to the same act, all or none, in one round trip.
   * Each event also becomes an outbox row for the topic of this store.
   * Appends made at the same time by one process share a statement and a commit; one that
   * conflicts fails alone. `writes` may be empty where the act alone matters.
   * @returns version of each stream after the append, in the order of `writes`.
   * @throws CodedError `stream-conflict` (canRetry: load again) · `already-handled` (the inbox row
   *   exists) · `key-used` (the idempotency key exists) · `event-invalid` (it cannot be stored: NUL or
   *   half a surrogate pair in a string, an event or task over the log's size limit, a name over 256 characters) ·
   *   `store-unavailable` (canRetry; outcome unknown). `key-used` goes before `stream-conflict`.
   */
  append(writes: StreamWrite[], act?: Act): Promise<Version[]>;

  /** Streams with their events after `after`, or since the newest snapshot of `snapshotSchema`. One round trip. */
  load(wanted: Wanted[]): Promise<Stream[]>;

  /** Keeps a state so that loading need not start at the beginning. Safe to lose, safe to repeat. */
  saveSnapshot(stream: string, snapshot: Snapshot): Promise<void>;

  /** The answer first given under an idempotency key, while it is kept. */
  answer(scope: string, key: string): Promise<Answer | undefined>;

  /** Timers due at `now` (epoch ms), earliest first. They stay until an append clears them. */
  dueTimers(now: number, limit: number): Promise<Timer[]>;

  /** Every event of the store in an order that keeps each stream's, from `after` on, in pages: for audits and rebuilds. */
  readAll(after: number, limit: number): Promise<{ position: number; event: Envelope }[]>;

  /** Streams whose name starts with `prefix`, by name, after `after`. */
  streams(prefix: string, after: string, limit: number): Promise<{ stream: string; version: Version }[]>;

  /** Forgets inbox rows and answers older than these instants (epoch ms). */
  prune(before: { inbox: number; answers: number }): Promise<void>;

  /** Rejects with `store-unavailable` when the database does not answer. */
  ping(): Promise<void>;

  close(): Promise<void>;
}

export interface StreamWrite {
  stream: string;
  /** Version the stream must have, or `'any'`. A version ahead of the stream is a conflict too. */
  expected: Version | 'any';
  /** Empty where the write only checks the version. */
  events: Draft[];
}

/** What is committed with the events, or not at all. */
export interface Act {
  /** Message being handled: a second append with the same pair fails with `already-handled`. */
  inbox?: { consumer: string; messageId: string };
  /** Commands and notifications to send once this is committed; in this order, after the events. */
  tasks?: OutgoingTask[];
  /** Answer to keep under the request's idempotency key for 24 h: a second one fails with `key-used`. */
  answer?: Answer;
  /** Timers to set (replacing those of the same id) and to clear. */
  timers?: { set?: Timer[]; clear?: string[] };
}

export interface OutgoingTask { exchange: string; routingKey: string; envelope: Envelope }

export interface Answer {
  scope: string;
  key: string;
  /** Hash of the request it answered. */
  fingerprint: string;
  status: number;
  headers: Record<string, string>;
  /** JSON. */
  body: unknown;
  /** Epoch milliseconds. */
  at: number;
}

export interface Timer { id: string; /** Epoch milliseconds. */ dueAt: number; data: unknown }

export interface Wanted {
  stream: string;
  /** Only events after this version (the caller holds the state up to it); no snapshot is returned. */
  after?: Version;
  /** Accept a snapshot of this schema. */
  snapshotSchema?: string;
}

export interface Stream { stream: string; version: Version; snapshot?: Snapshot; events: Envelope[] }

export interface Snapshot {
  version: Version;
  /** Name of the shape of `state`; a snapshot of another shape is ignored. */
  schema: string;
  /** JSON. */
  state: unknown;
}

export const storeErrors = errorCatalogue('event-store', {
  'stream-conflict': { title: 'The stream moved on since it was loaded', canRetry: true },
  'already-handled': { title: 'This message has been handled before', canRetry: false },
  'key-used': { title: 'The idempotency key has an answer already', canRetry: false },
  'event-invalid': { title: 'What was to be stored cannot be', canRetry: false },
  'store-unavailable': { title: 'The event store does not answer', canRetry: true },
});
