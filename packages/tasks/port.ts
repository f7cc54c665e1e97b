import type { Envelope } from '@tradewind/events/envelope.ts';
import { errorCatalogue } from '@tradewind/events/errors.ts';

/** The work queue: each message is worked on by one consumer and then gone. RabbitMQ, or a stand-in. */
export interface Tasks {
  readonly features: TasksFeatures;

  /**
   * Creates what is missing.
   * @throws CodedError `topology-differs`, saying how, when something exists otherwise · `exchange-unknown`,
   *   `queue-unknown` for a binding to what nobody declared
   */
  declare(topology: Topology): Promise<void>;

  /**
   * Publishes in order. Resolves once every message is safe in every queue it is routed to.
   * @throws CodedError `exchange-unknown` · `unroutable` (a direct exchange with no such binding) ·
   *   `message-too-large` · `tasks-unavailable` (canRetry; outcome unknown, publish again)
   */
  publish(messages: Task[]): Promise<void>;

  /**
   * Works on a queue: up to `prefetch` deliveries at a time. A delivery that is not settled because its
   * consumer died comes again, to any consumer. A `handle` that rejects counts as `retry`.
   * @throws CodedError `queue-unknown`
   */
  consume(queue: string, options: { prefetch: number }, handle: (delivery: Delivery) => Promise<Verdict>): Promise<Consumer>;

  depths(): Promise<QueueDepth[]>;
  /** Oldest first. @throws CodedError `queue-unknown` */
  deadLetters(queue: string, limit: number): Promise<DeadLetter[]>;
  /** Puts dead letters back at the end of their queue with attempts counted anew; all, or those with these ids. @returns how many. @throws CodedError `queue-unknown` */
  redrive(queue: string, ids?: string[]): Promise<number>;
  close(): Promise<void>;
}

export interface TasksFeatures {
  adapter: string;
  durable: boolean;
  processes: boolean;
  /** A delayed retry keeps its place in the order of its queue. */
  retryKeepsOrder: boolean;
  /** A batch that is refused for a message that cannot be placed leaves nothing behind; else the others may be in their queues. */
  wholeBatches: boolean;
  /** What `depths` says is so at that moment; else `unsettled` may lag by some seconds, and a message that is on its way is in no figure. */
  exactDepths: boolean;
}

export interface Topology {
  exchanges: { name: string; kind: 'direct' | 'fanout' | 'topic' }[];
  queues: QueueSpec[];
  bindings: Binding[];
}
export interface QueueSpec {
  name: string;
  /** Default: 8 attempts, delays 200 ms × 2^n with jitter, 30 s at most; then the message is dead. */
  retry?: RetryPolicy;
  /** Belongs to one client, and goes with its consumer or with the client: a replica's own copy of a broadcast. */
  temporary?: boolean;
}
export interface RetryPolicy { attempts: number; delayMs: number; factor: number; maxDelayMs: number }
/** `pattern`: the routing key (direct), ignored (fanout), or words with `*` one and `#` any (topic). */
export interface Binding { exchange: string; queue: string; pattern: string }

export interface Task { exchange: string; routingKey: string; envelope: Envelope }

export interface Delivery {
  queue: string;
  exchange: string;
  routingKey: string;
  envelope: Envelope;
  /** Counted from 1; grows with each retry. */
  attempt: number;
  /** It may have been seen before: a consumer died over it. */
  redelivered: boolean;
}

export type Verdict =
  | { type: 'done' }
  /** Again, after `delayMs` or what the queue's policy says; dead when attempts are used up. `uncounted` spares the attempt. */
  | { type: 'retry'; reason: string; delayMs?: number; uncounted?: boolean }
  | { type: 'dead'; reason: string };

export interface Consumer {
  /** Takes no more, waits for what is in hand, gives the rest back. */
  stop(): Promise<void>;
}

export interface QueueDepth { queue: string; ready: number; unsettled: number; retrying: number; dead: number }
export interface DeadLetter { id: string; reason: string; attempts: number; /** Epoch ms. */ at: number; exchange: string; routingKey: string; envelope: Envelope }

export const DEFAULT_RETRY: RetryPolicy = { attempts: 8, delayMs: 200, factor: 2, maxDelayMs: 30_000 };

export const tasksErrors = errorCatalogue('tasks', {
  'exchange-unknown': { title: 'No such exchange', canRetry: false },
  'queue-unknown': { title: 'No such queue', canRetry: false },
  'unroutable': { title: 'No queue is bound for this routing key', canRetry: false },
  'topology-differs': { title: 'An exchange or queue exists with other settings', canRetry: false },
  'message-too-large': { title: 'The message is over the size limit', canRetry: false },
  'tasks-unavailable': { title: 'The task broker does not answer', canRetry: true },
  'tasks-credentials-refused': { title: 'The task broker refuses the user or its password', canRetry: false },
  'tasks-forbidden': { title: 'The user may not do this on the task broker', canRetry: false },
});

/** Largest message, encoded, in bytes: the log's own limit, since what comes in here was a fact there. */
export const MAX_TASK_BYTES = 1_000_000;
