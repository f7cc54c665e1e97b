import type { Settlement } from '../settlement.ts';
import type { Claimed } from './line.ts';

/** A verdict that is to be written down: the policy's, or `back` for what was taken but not begun. */
export interface Settled {
  claimed: Claimed;
  settlement: Settlement | { type: 'back' };
}

/** Verdicts on their way into the database, in the order they were given. */
export class Settlements {
  #pending: Settled[] = [];
  #given = 0;
  #through = 0;
  #waiters: { until: number; resolve(): void }[] = [];

  get size(): number {
    return this.#pending.length;
  }

  /** Someone waits for them. */
  get urgent(): boolean {
    return this.#waiters.length > 0;
  }

  add(settled: Settled): void {
    this.#pending.push(settled);
    this.#given += 1;
  }

  /** The oldest, which stay until `drop`. */
  first(most: number): Settled[] {
    return this.#pending.slice(0, most);
  }

  /** What of a session's is among them. */
  of(session: number): Claimed[] {
    return this.#pending.flatMap(({ claimed }) => (claimed.session === session ? [claimed] : []));
  }

  /** The oldest `count` are written, or not ours to write any more. */
  drop(count: number): void {
    this.#pending.splice(0, count);
    this.#through += count;
    const ready = this.#waiters.filter(({ until }) => until <= this.#through);
    this.#waiters = this.#waiters.filter(({ until }) => until > this.#through);
    for (const { resolve } of ready) resolve();
  }

  /** Resolves when all that were added so far are dropped. */
  flushed(): Promise<void> {
    if (this.#pending.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ until: this.#given, resolve }));
  }
}

/** As the parameters of `tasks.step` have them. */
export function parameters(settled: Settled[]): [queues: number[], ids: number[], others: string | null] {
  const done = settled.filter(({ settlement }) => settlement.type === 'done');
  const others = settled.filter(({ settlement }) => settlement.type !== 'done')
    .map(({ claimed: { queue, id }, settlement }) => ({ queue: queue.id, id, ...settlement }));
  return [done.map(({ claimed }) => claimed.queue.id), done.map(({ claimed }) => claimed.id), others.length > 0 ? JSON.stringify(others) : null];
}
