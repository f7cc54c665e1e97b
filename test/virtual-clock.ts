import type { Clock } from '@tradewind/chassis/clock.ts';

interface Timer { dueAt: number; task: () => void }

/**
 * Time that passes only when nothing else is left to do: whatever waits is woken in the order of its due
 * time, at once. For tests on memory adapters; with sockets about, time would run away.
 */
export class VirtualClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  #timers: Timer[] = [];
  #pumping = false;

  now(): number {
    return this.#now;
  }

  after(ms: number, task: () => void): () => void {
    const timer = { dueAt: this.#now + Math.max(0, ms), task };
    const later = this.#timers.findIndex((each) => each.dueAt > timer.dueAt);
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer);
    this.#pump();
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const cancel = this.after(ms, resolve);
      signal?.addEventListener('abort', () => {
        cancel();
        resolve();
      }, { once: true });
    });
  }

  /** Waits for `condition`, in virtual time. @throws when it does not come about within `ms`. */
  async until(condition: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> {
    const end = this.#now + ms;
    while (!(await condition())) {
      if (this.#now >= end) throw new Error(`not within ${ms} ms: ${condition.toString()}`);
      await this.sleep(5);
    }
  }

  /** An immediate comes after all that promises lead to, so each task's consequences precede the next task. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      const [next, ...rest] = this.#timers;
      if (!next) return;
      this.#timers = rest;
      this.#now = Math.max(this.#now, next.dueAt);
      next.task();
      this.#pump();
    });
  }
}
