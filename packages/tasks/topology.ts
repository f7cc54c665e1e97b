import { DEFAULT_RETRY, tasksErrors, type Binding, type QueueSpec, type RetryPolicy, type Topology } from './port.ts';
import { route, type ExchangeKind } from './routing.ts';

export interface KnownExchange { kind: ExchangeKind; bindings: Pick<Binding, 'queue' | 'pattern'>[] }

export interface KnownQueue {
  retry: RetryPolicy;
  /** Session that a temporary queue goes with. */
  owner?: number;
}

/** Exchanges, queues and bindings as a broker has them. */
export interface KnownTopology {
  exchanges: Map<string, KnownExchange>;
  queues: Map<string, KnownQueue>;
}

/**
 * What of a topology does not exist yet.
 * @param session whose temporary queues may be declared again.
 * @throws CodedError `topology-differs` · `exchange-unknown` and `queue-unknown` where a binding names what neither side has
 */
export function missing(known: KnownTopology, wanted: Topology, session: number): Topology {
  const exchanges = wanted.exchanges.filter(({ name, kind }) => {
    const is = known.exchanges.get(name)?.kind;
    if (is !== undefined && is !== kind) throw differs(`exchange ${name} is ${is}, not ${kind}`);
    return is === undefined;
  });
  const queues = wanted.queues.filter((queue) => {
    const is = known.queues.get(queue.name);
    if (is) compare(is, queue, session);
    return is === undefined;
  });
  const ours = { exchanges: new Set(exchanges.map(({ name }) => name)), queues: new Set(queues.map(({ name }) => name)) };
  const bindings = wanted.bindings.filter(({ exchange, queue, pattern }) => {
    if (!known.exchanges.has(exchange) && !ours.exchanges.has(exchange)) throw exchangeUnknown(exchange);
    if (!known.queues.has(queue) && !ours.queues.has(queue)) throw queueUnknown(queue);
    return known.exchanges.get(exchange)?.bindings.some((is) => is.queue === queue && is.pattern === pattern) !== true;
  });
  return { exchanges: unique(exchanges), queues: unique(queues), bindings };
}

function unique<Named extends { name: string }>(all: Named[]): Named[] {
  return [...new Map(all.map((each) => [each.name, each])).values()];
}

function compare({ retry, owner }: KnownQueue, wanted: QueueSpec, session: number): void {
  const { name, temporary = false } = wanted;
  if (temporary !== (owner !== undefined)) throw differs(`queue ${name} is ${temporary ? 'lasting, not temporary' : 'temporary, not lasting'}`);
  if (owner !== undefined && owner !== session) throw differs(`queue ${name} is temporary and belongs to another process`);
  const [is, shall] = [policyText(retry), policyText(retryOf(wanted))];
  if (is !== shall) throw differs(`queue ${name} retries by ${is}, not ${shall}`);
}

export function policyText({ attempts, delayMs, factor, maxDelayMs }: RetryPolicy): string {
  return `${attempts} attempts, ${delayMs} ms × ${factor}ⁿ, ${maxDelayMs} ms at most`;
}

export function retryOf({ retry = DEFAULT_RETRY }: QueueSpec): RetryPolicy {
  return retry;
}

/**
 * Queues that a message goes to; a topic or fanout exchange may have none.
 * @throws CodedError `exchange-unknown` · `unroutable`
 */
export function queuesFor(known: KnownTopology, exchange: string, routingKey: string): string[] {
  const found = known.exchanges.get(exchange);
  if (!found) throw exchangeUnknown(exchange);
  const queues = route(found.kind, found.bindings, routingKey);
  if (queues.length === 0 && found.kind === 'direct') throw tasksErrors.error('unroutable', `${exchange} has no binding for ${routingKey}`);
  return queues;
}

/** @throws CodedError `queue-unknown` */
export function queueOf<Queue>(known: { queues: Map<string, Queue> }, name: string): Queue {
  const queue = known.queues.get(name);
  if (!queue) throw queueUnknown(name);
  return queue;
}

/** @throws CodedError `queue-unknown` for a temporary queue of another session */
export function refuseForeign(name: string, { owner }: KnownQueue, session: number): void {
  if (owner !== undefined && owner !== session) throw queueUnknown(name, 'is temporary and belongs to another process');
}

/** What goes with its session, and has to be declared again by the next: each temporary queue with its bindings. */
export function temporaryParts({ queues, bindings }: Topology): Map<string, Topology> {
  return new Map(queues.filter((queue) => queue.temporary).map((queue) =>
    [queue.name, { exchanges: [], queues: [queue], bindings: bindings.filter((binding) => binding.queue === queue.name) }]));
}

export function exchangeUnknown(name: string): Error {
  return tasksErrors.error('exchange-unknown', `exchange ${name} was never declared`);
}

export function queueUnknown(name: string, why = 'was never declared'): Error {
  return tasksErrors.error('queue-unknown', `queue ${name} ${why}`);
}

export function differs(how: string): Error {
  return tasksErrors.error('topology-differs', how);
}
