import type { Options } from 'amqplib';
import type { RetryPolicy } from '../port.ts';

/**
 * What stands on the server for a queue Q: Q itself, Q.dead, a Q.retry.N for each length of delay that its policy
 * has, or that was ever needed, and the exchange Q.moves, by which messages go from one to another. All names begin with the queue's, so a
 * permission for the one is a permission for all.
 */
export const deadQueue = (queue: string): string => `${queue}.dead`;
export const movesExchange = (queue: string): string => `${queue}.moves`;

/** Routing keys of Q.moves. The policy's code is one too: what the server gives up on goes by it to Q.dead. */
export type Way = 'due' | 'dead' | `${number}`;

const SMALLEST_BUCKET = 128;
const LARGEST_BUCKET = 2 ** 31;

/**
 * The retry queue for a delay, named by the power of two that is above it. Only the first message of a queue can
 * expire: within one bucket, none waits longer than twice its delay for those ahead of it (or than the smallest).
 */
export function bucketFor(delayMs: number): number {
  let bucket = SMALLEST_BUCKET;
  while (bucket <= delayMs && bucket < LARGEST_BUCKET) bucket *= 2;
  return bucket;
}

/** Those that the delays of a policy, with their jitter, are in. */
export function bucketsOf({ delayMs, maxDelayMs }: RetryPolicy): number[] {
  const buckets = [bucketFor(Math.min(delayMs, maxDelayMs) / 2)];
  for (let last = buckets[0] ?? SMALLEST_BUCKET; last < bucketFor(maxDelayMs);) buckets.push(last *= 2);
  return buckets;
}

/** For a message of a retry queue, in whole ms. */
export function expirationFor(delayMs: number): string {
  return String(Math.ceil(Math.min(delayMs, LARGEST_BUCKET - 1)));
}

export const retryQueue = (queue: string, bucket: number): string => `${queue}.retry.${bucket}`;

/** The queue that a retry queue belongs to. */
export function ownerOfRetryQueue(name: string): string | undefined {
  return /^(.+)\.retry\.\d+$/.exec(name)?.[1];
}

/** Where to send a message that is to go a way; a temporary queue has no exchange of its own. */
export function route(queue: string, way: Way, temporary: boolean): { exchange: string; routingKey: string } {
  if (!temporary) return { exchange: movesExchange(queue), routingKey: way };
  if (way === 'due') return { exchange: '', routingKey: queue };
  return { exchange: '', routingKey: way === 'dead' ? deadQueue(queue) : retryQueue(queue, Number(way)) };
}

/**
 * The policy as an argument that servers compare: the key by which dead letters are routed. Short, since a server's
 * refusal quotes it twice within 255 bytes.
 */
export function policyCode({ attempts, delayMs, factor, maxDelayMs }: RetryPolicy): string {
  return [attempts, delayMs, factor, maxDelayMs].join('/');
}

export function policyOf(code: string): RetryPolicy | undefined {
  const [attempts, delayMs, factor, maxDelayMs, ...rest] = code.split('/').map(Number);
  if (attempts === undefined || delayMs === undefined || factor === undefined || maxDelayMs === undefined || rest.length > 0) return undefined;
  return [attempts, delayMs, factor, maxDelayMs].some(Number.isNaN) ? undefined : { attempts, delayMs, factor, maxDelayMs };
}

/** So often a consumer may die, or give back, before the server takes the message for what kills them. */
const DELIVERY_LIMIT = 50;

/** Dead letters go on at least once: they leave their queue when the next one has them. */
const SAFELY = { 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish', 'x-delivery-limit': DELIVERY_LIMIT };

export function queueOptions(queue: string, policy: RetryPolicy, temporary: boolean): Options.AssertQueue {
  const deaths = { 'x-dead-letter-exchange': movesExchange(queue), 'x-dead-letter-routing-key': policyCode(policy) };
  return temporary ? passing(deaths) : lasting({ ...deaths, ...SAFELY });
}

/** Without a limit: what lies there is looked at, any number of times. */
export function deadQueueOptions(temporary: boolean): Options.AssertQueue {
  return temporary ? passing({}) : lasting({ 'x-delivery-limit': -1, 'x-overflow': 'reject-publish' });
}

export function retryQueueOptions(queue: string, temporary: boolean): Options.AssertQueue {
  const { exchange, routingKey } = route(queue, 'due', temporary);
  const due = { 'x-dead-letter-exchange': exchange, 'x-dead-letter-routing-key': routingKey };
  return temporary ? passing(due) : lasting({ ...due, ...SAFELY });
}

function lasting(args: Record<string, unknown>): Options.AssertQueue {
  return { durable: true, arguments: { 'x-queue-type': 'quorum', ...args } };
}

function passing(args: Record<string, unknown>): Options.AssertQueue {
  return { durable: false, exclusive: true, arguments: args };
}
