import { localWakeup, type Wakeup } from '@tradewind/chassis/wakeup.ts';
import type { Topology } from '../port.ts';
import { missing, queueOf, type KnownExchange, type KnownTopology } from '../topology.ts';
import { MemoryQueue } from './queue.ts';

/** Hint that a queue has something to take. */
export const queueChannel = (queue: string): string => `queue:${queue}`;

/** What a crash leaves: exchanges, queues with their messages, and who was alive when. */
export class DurableTasks implements KnownTopology {
  readonly exchanges = new Map<string, KnownExchange>();
  readonly queues = new Map<string, MemoryQueue>();
  /** When each session was last heard of, in epoch ms. */
  readonly sessions = new Map<number, number>();
  /** Between the incarnations that share this. */
  readonly wakeup: Wakeup = localWakeup();
  #lastMessage = 0;
  #lastSession = 0;

  begin(now: number): number {
    this.#lastSession += 1;
    this.sessions.set(this.#lastSession, now);
    return this.#lastSession;
  }

  /** The session is over: what it held is ready again, and its temporary queues are gone. */
  end(session: number): void {
    this.sessions.delete(session);
    for (const queue of [...this.queues.values()]) {
      queue.release(session);
      if (queue.owner === session) this.drop(queue.name);
    }
  }

  /** @throws CodedError `topology-differs` · `exchange-unknown` · `queue-unknown` */
  declare(topology: Topology, session: number): void {
    const { exchanges, queues, bindings } = missing(this, topology, session);
    for (const { name, kind } of exchanges) this.exchanges.set(name, { kind, bindings: [] });
    for (const spec of queues) this.queues.set(spec.name, new MemoryQueue(spec, session));
    for (const { exchange, queue, pattern } of bindings) this.exchanges.get(exchange)?.bindings.push({ queue, pattern });
  }

  drop(queue: string): void {
    this.queues.delete(queue);
    for (const exchange of this.exchanges.values()) exchange.bindings = exchange.bindings.filter((binding) => binding.queue !== queue);
  }

  /** Puts a message at the end of a queue. */
  add(queue: string, line: string): void {
    this.#lastMessage += 1;
    queueOf(this, queue).add(this.#lastMessage, line);
  }
}
