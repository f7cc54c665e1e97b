import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import { clockOn } from '../time/process-clock.ts';
import type { Scheduler } from '../time/scheduler.ts';
import type { Slot } from './slot.ts';

/** Instant at which every simulation begins: 2026-01-01T00:00:00Z. */
export const EPOCH = Date.UTC(2026, 0, 1);

/** Somebody whose code runs: only in tasks of `later`, and no longer than it lives. */
export interface Actor {
  readonly name: string;
  /** Place of its name among all names: what traces are hashed by. */
  readonly index: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly dead: boolean;
  /** Runs `task` as its own code, in `us` microseconds, or when it gets to it; never once it is dead. */
  later(us: number, task: () => void): () => void;
}

/** One run of a service, from its start to its end. What it was about to do when it ended, it never does. */
export class Process implements Actor {
  readonly name: string;
  readonly index: number;
  readonly slot: Slot;
  /** As the machine's clock says. */
  readonly clock: Clock;
  /** The true time, as the servers behind the ports see it, while this process gets to run. */
  readonly steady: Clock;
  readonly random: Random;
  /** Where delays are drawn, so that the process's own draws do not depend on them. */
  readonly chance: Random;
  readonly #scheduler: Scheduler;
  readonly #atEnd = new Set<() => void>();
  #state: 'up' | 'paused' | 'dead' = 'up';
  #missed: (() => void)[] = [];

  constructor(slot: Slot, run: number, { scheduler, seed }: { scheduler: Scheduler; seed: number }) {
    this.slot = slot;
    this.name = `${slot.name}.${run}`;
    this.index = slot.index * 100 + run;
    this.#scheduler = scheduler;
    this.random = seededRandom(`${seed}:${this.name}`);
    this.chance = seededRandom(`${seed}:${this.name}:chance`);
    const later = (us: number, task: () => void) => this.later(us, task);
    this.clock = clockOn({ now: () => EPOCH + slot.skewMs + Math.floor(scheduler.now / 1_000), later });
    this.steady = clockOn({ now: () => EPOCH + Math.floor(scheduler.now / 1_000), later });
  }

  get dead(): boolean {
    return this.#state === 'dead';
  }

  get paused(): boolean {
    return this.#state === 'paused';
  }

  later(us: number, task: () => void): () => void {
    return this.#scheduler.after(us, () => this.#run(task));
  }

  /** Runs `task` when this process ends; the returned function cancels that. */
  atEnd(task: () => void): () => void {
    this.#atEnd.add(task);
    return () => void this.#atEnd.delete(task);
  }

  pause(): void {
    if (this.#state === 'up') this.#state = 'paused';
  }

  /** What it missed happens now, each thing with its consequences before the next. */
  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'up';
    for (const task of this.#missed.splice(0)) this.later(0, task);
  }

  end(): void {
    if (this.dead) return;
    this.#state = 'dead';
    this.#missed = [];
    for (const task of [...this.#atEnd]) task();
    this.#atEnd.clear();
  }

  #run(task: () => void): void {
    if (this.#state === 'paused') this.#missed.push(task);
    else if (this.#state === 'up') task();
  }
}
