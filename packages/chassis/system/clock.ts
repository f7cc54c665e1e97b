import type { Clock } from '../clock.ts';

/** The longest delay a timer of Node takes; a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1;

/** The machine's own clock and Node's timers. */
export const systemClock: Clock = {
  now: () => Date.now(),

  sleep: (ms, signal) => new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = systemClock.after(ms, done);
    signal?.addEventListener('abort', done);
  }),

  after(ms, task) {
    let timer: NodeJS.Timeout;
    const arm = (left: number): void => {
      const step = Math.min(left, LONGEST);
      timer = setTimeout(() => (left > step ? arm(left - step) : task()), step);
    };
    arm(ms);
    return () => clearTimeout(timer);
  },
};
