import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import type { Process } from './process.ts';
import type { Scheduler } from '../time/scheduler.ts';

interface Listener { process: Process; task: () => void; told: boolean }

const LOST = 0.03;

/** Hints between processes: late, merged, now and then lost, as the port says that they may be. */
export class Hints {
  readonly #channels = new Map<string, Set<Listener>>();
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** The hints of one process: it hears nothing once it has ended. */
  of(process: Process): Wakeup {
    const mine = new Set<() => void>();
    process.atEnd(() => { for (const stop of mine) stop(); });
    return {
      wake: (channel) => {
        if (!process.dead) this.wake(channel);
      },
      listen: (channel, task) => {
        const listener: Listener = { process, task, told: false };
        const all = this.#channels.get(channel) ?? new Set();
        this.#channels.set(channel, all.add(listener));
        const stop = (): void => void all.delete(listener);
        mine.add(stop);
        return () => {
          stop();
          mine.delete(stop);
        };
      },
    };
  }

  wake(channel: string): void {
    for (const listener of this.#channels.get(channel) ?? []) {
      const { process, task } = listener;
      const late = process.chance.next();
      if (listener.told || late < LOST) continue;
      listener.told = true;
      this.#scheduler.after(late * 1_500, () => {
        listener.told = false;
        if (!process.dead && !process.paused && this.#channels.get(channel)?.has(listener) === true) task();
      });
    }
  }
}
