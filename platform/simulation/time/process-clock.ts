import type { Clock } from '@tradewind/chassis/clock.ts';

/** What a clock stands on: instants, and a way to come back later that may be held up, or never happen. */
export interface Ground {
  /** Epoch milliseconds. */
  now(): number;
  later(us: number, task: () => void): () => void;
}

/** As Node's timers: whole milliseconds, one at least. */
function us(ms: number): number {
  return Math.max(1, Math.trunc(ms)) * 1_000;
}

/** The `Clock` of one process. */
export function clockOn({ now, later }: Ground): Clock {
  return {
    now,
    after: (ms, task) => later(us(ms), task),
    sleep: (ms, signal) => new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = (): void => {
        cancel();
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const cancel = later(us(ms), wake);
      signal?.addEventListener('abort', wake);
    }),
  };
}
