import type { AuditChunk } from '../../domain/changes.ts';
import type { Advance, Position } from '../projection.ts';

/**
 * Orders whose digests no longer hold, since the candidate folded records that live consumers fold too: those beyond where
 * the live generation stood when it was summed up, and from some moment on all.
 */
export class Touched {
  readonly #beyond = new Map<string, number>();
  #orders = new Set<string>();
  #all = false;

  /** Nothing has been summed up before; the live generation stands here or further on by then. */
  begin(live: Position[]): void {
    this.#orders = new Set();
    this.#all = false;
    this.#beyond.clear();
    for (const { topic, partition, next } of live) this.#beyond.set(`${topic}/${partition}`, next);
  }

  /** The candidate too is summed up now. @returns whether it was before */
  everything(): boolean {
    const before = this.#all;
    this.#all = true;
    return before;
  }

  note(trails: AuditChunk[], { topic, partition, next }: Advance): void {
    if (!this.#all && next <= (this.#beyond.get(`${topic}/${partition}`) ?? 0)) return;
    for (const { orderId } of trails) this.#orders.add(orderId);
  }

  /** Those since it was last asked. */
  take(): string[] {
    const orders = [...this.#orders];
    this.#orders = new Set();
    return orders;
  }
}
