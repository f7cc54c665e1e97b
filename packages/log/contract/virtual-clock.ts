import type { Clock } from '@tradewind/chassis/clock.ts';

interface Timer { at: number; task: () => void }

/** Time that passes when a test says so. */
export class VirtualClock implements Clock {
  #now = 0;
  #timers: Timer[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, task: () => void): () => void {
    const timer = { at: this.#now + ms, task };
    this.#timers.push(timer);
    return () => { this.#timers = this.#timers.filter((each) => each !== timer); };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const cancel = this.after(ms, resolve);
      signal?.addEventListener('abort', () => {
        cancel();
        resolve();
      });
    });
  }

  /** Runs what falls due within `ms`, in order, each with all that follows from it at once. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const [next] = this.#timers.filter((each) => each.at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#now = Math.max(this.#now, next.at);
      next.task();
    }
    this.#now = end;
  }
}

/** A clock as one incarnation sees it: stopped, nothing falls due; started again, all that was missed does. */
export function stoppable(clock: Clock): Clock & { stop(): void; start(): void } {
  let stopped = false;
  const missed: (() => void)[] = [];
  const guarded = (task: () => void) => () => (stopped ? void missed.push(task) : task());
  return {
    now: () => clock.now(),
    after: (ms, task) => clock.after(ms, guarded(task)),
    sleep: (ms, signal) => new Promise((resolve) => { void clock.sleep(ms, signal).then(guarded(resolve)); }),
    stop: () => { stopped = true; },
    start() {
      stopped = false;
      for (const task of missed.splice(0)) task();
    },
  };
}
