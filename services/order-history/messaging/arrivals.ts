import type { Changes } from '../domain/changes.ts';

/** Somebody waits for an order to be at least at a version. */
export interface Expected { signal: AbortSignal; cancel(): void }

interface Waiting { version: number; arrived: AbortController }

/** Tells who waits for an order that this process has just folded it so far. */
export class Arrivals {
  readonly #waiting = new Map<string, Set<Waiting>>();

  /** From now on; the signal aborts as soon as the order is there. */
  expect(orderId: string, version: number): Expected {
    const waiting = { version, arrived: new AbortController() };
    const all = this.#waiting.get(orderId) ?? new Set();
    this.#waiting.set(orderId, all.add(waiting));
    return {
      signal: waiting.arrived.signal,
      cancel: () => {
        all.delete(waiting);
        if (all.size === 0 && this.#waiting.get(orderId) === all) this.#waiting.delete(orderId);
      },
    };
  }

  note({ orders }: Pick<Changes, 'orders'>): void {
    if (this.#waiting.size === 0) return;
    for (const { orderId, order } of orders)
      for (const { version, arrived } of this.#waiting.get(orderId) ?? [])
        if (order && order.version >= version) arrived.abort();
  }
}
