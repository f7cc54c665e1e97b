import type { Envelope } from '@tradewind/events/envelope.ts';
import { errorCatalogue } from '@tradewind/events/errors.ts';

/** The log: retained, ordered by key, read by consumer groups and replayed. Kafka, or a stand-in. */
export interface Log {
  readonly features: LogFeatures;

  /** Creates what is missing. @throws CodedError `topic-differs` when a topic exists with other partitions. */
  ensureTopics(topics: TopicSpec[]): Promise<void>;

  /**
   * Publishes in order; messages of one key land in one partition in this order. Resolves once all are
   * durable; when it rejects, some may have been published (publish again: consumers deduplicate).
   * @throws CodedError `topic-unknown` · `log-unavailable` (canRetry) · `message-too-large`
   */
  publish(topic: string, messages: Message[]): Promise<Position[]>;

  /**
   * Reads as a member of `group`. Each partition belongs to one member at a time; its batches come in
   * order, one at a time, partitions side by side. The position is committed after `handle` resolved;
   * when it rejects, the same records come again after a delay that grows from 50 ms to 5 s.
   */
  subscribe(subscription: Subscribe, handle: (batch: LogRecord[]) => Promise<void>): Promise<Subscription>;

  /** Reads one partition outside of any group: replays, audits, rebuilds. Empty at the end. */
  read(topic: string, partition: number, from: number, limit: number): Promise<LogRecord[]>;

  /** First retained offset and next offset to be given, by partition. */
  ends(topic: string): Promise<PartitionEnds[]>;

  /** How far a group is behind, by partition it has a position in. */
  lag(group: string): Promise<GroupLag[]>;

  /** Groups that have positions. */
  groups(): Promise<string[]>;

  /** Moves a group's positions: it reads again from there. @throws CodedError `group-active` while it has members. */
  seek(group: string, topic: string, to: SeekTarget): Promise<void>;

  close(): Promise<void>;
}

export interface LogFeatures {
  adapter: string;
  /** Survives a restart of the process. */
  durable: boolean;
  /** Consumers of one group may run in several processes. */
  processes: boolean;
  retention: boolean;
}

export interface TopicSpec { name: string; partitions: number; /** Records older than this may go; undefined keeps all. */ retentionMs?: number }
export interface Message { key: string; envelope: Envelope }
export interface Position { partition: number; offset: number }
export interface LogRecord extends Position {
  topic: string;
  key: string;
  envelope: Envelope;
  /** Epoch milliseconds at which the log took it. */
  at: number;
}
export interface PartitionEnds { partition: number; first: number; next: number }
export interface GroupLag { topic: string; partition: number; committed: number; next: number }

/**
 * Where a group goes: all partitions to their beginning, their end or the first record taken at `time` (epoch
 * milliseconds) or later, or one to an offset.
 */
export type SeekTarget = 'beginning' | 'end' | { partition: number; offset: number } | { time: number };

export interface Subscribe {
  group: string;
  topics: string[];
  /** Records in a batch at most. Default 500. */
  batch?: number;
  /** Where a group with no position begins. Default `beginning`. */
  from?: 'beginning' | 'end';
  /** A consumer that keeps its position with its effect says here where to go on (next offset), and the log believes it. */
  position?: (topic: string, partition: number) => Promise<number | undefined>;
}

export interface Subscription {
  /** Partitions this member holds now. */
  assigned(): { topic: string; partition: number }[];
  /** Finishes the batches in hand, commits, gives its partitions up. */
  stop(): Promise<void>;
}

export const logErrors = errorCatalogue('log', {
  'topic-unknown': { title: 'No such topic', canRetry: false },
  'topic-differs': { title: 'The topic exists with other settings', canRetry: false },
  'group-active': { title: 'The group has members; stop them first', canRetry: true },
  'lease-lost': { title: 'The partition belongs to another member by now', canRetry: false },
  'message-too-large': { title: 'The message is over the size limit', canRetry: false },
  'log-forbidden': { title: 'The log does not let this user do that', canRetry: false },
  'log-credentials-refused': { title: 'The log does not take these credentials', canRetry: false },
  'log-unavailable': { title: 'The log does not answer', canRetry: true },
});

/** Largest message, encoded, in bytes: Kafka's own default. */
export const MAX_MESSAGE_BYTES = 1_000_000;
