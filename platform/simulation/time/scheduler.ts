import TinyQueue from 'tinyqueue';
import { turn } from '../system/turn.ts';

/** Something that will happen; `task` is gone once it was cancelled. */
interface Timer { at: number; order: number; task: (() => void) | undefined }

/** The simulation's only source of time: whatever is to happen waits here, and happens alone, in the order of its instant. */
export class Scheduler {
  readonly #timers = new TinyQueue<Timer>([], (a, b) => a.at - b.at || a.order - b.order);
  #order = 0;
  #now = 0;

  /** Microseconds since the simulation began. */
  get now(): number {
    return this.#now;
  }

  /** Runs `task` in `us` microseconds; the returned function cancels that. */
  after(us: number, task: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(0, Math.round(us)), order: this.#order += 1, task };
    this.#timers.push(timer);
    return () => { timer.task = undefined; };
  }

  /** Lets time pass until `done`, or until nothing is left to happen. Each task has all its consequences before the next. */
  async run(done: () => boolean): Promise<void> {
    await turn();
    while (!done()) {
      const next = this.#timers.pop();
      if (!next) return;
      if (!next.task) continue;
      this.#now = next.at;
      next.task();
      await turn();
    }
  }
}
