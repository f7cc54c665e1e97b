import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import { clockOn } from '../time/process-clock.ts';
import type { Scheduler } from '../time/scheduler.ts';
import type { Disturbances } from './disturbances.ts';
import type { Trace } from './trace.ts';

/** Instant at which every simulation begins: 2026-01-01T00:00:00Z. */
export const EPOCH = Date.UTC(2026, 0, 1);

/** Where a process runs. */
export interface Machine {
  readonly name: string;
  readonly index: number;
  /** How far its clock is off. */
  skewMs: number;
  /** How many times longer calls take from here. */
  slowness: number;
}

/** What every process is surrounded by. */
export interface Surroundings {
  readonly seed: number;
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly disturbances: Disturbances;
  /** Told of what a task threw: it would have ended a real process. */
  uncaught(process: Process, error: unknown): void;
}

/** One run of a service, from its start to its end. What it was about to do when it ended, it never does. */
export class Process {
  readonly name: string;
  /** What traces are hashed by. */
  readonly index: number;
  readonly machine: Machine;
  readonly surroundings: Surroundings;
  /** As the machine's clock says. */
  readonly clock: Clock;
  /** The true time, as the servers behind the ports see it, while this process gets to run. */
  readonly steady: Clock;
  readonly random: Random;
  /** Where delays are drawn, so that the process's own draws do not depend on them. */
  readonly chance: Random;
  readonly #atEnd = new Set<() => void>();
  #state: 'up' | 'paused' | 'dead' = 'up';
  #pauses = 0;
  #missed: (() => void)[] = [];

  constructor(machine: Machine, run: number, surroundings: Surroundings) {
    const { seed, scheduler } = surroundings;
    this.machine = machine;
    this.surroundings = surroundings;
    this.name = `${machine.name}.${run}`;
    this.index = machine.index * 100 + run;
    this.random = seededRandom(`${seed}:${this.name}`);
    this.chance = seededRandom(`${seed}:${this.name}:chance`);
    const later = (us: number, task: () => void) => this.later(us, task);
    this.clock = clockOn({ now: () => EPOCH + machine.skewMs + Math.floor(scheduler.now / 1_000), later });
    this.steady = clockOn({ now: () => EPOCH + Math.floor(scheduler.now / 1_000), later });
  }

  get dead(): boolean {
    return this.#state === 'dead';
  }

  get paused(): boolean {
    return this.#state === 'paused';
  }

  /** Runs `task` as its own code, in `us` microseconds, or when it gets to it; never once it is dead. */
  later(us: number, task: () => void): () => void {
    return this.surroundings.scheduler.after(us, () => this.#run(task));
  }

  /** Runs `task` when this process ends; the returned function cancels that. */
  atEnd(task: () => void): () => void {
    this.#atEnd.add(task);
    return () => void this.#atEnd.delete(task);
  }

  /** Until `resume` has been called as often. */
  pause(): void {
    this.#pauses += 1;
    if (this.#state === 'up') this.#state = 'paused';
  }

  /** What it missed happens now, each thing with its consequences before the next. */
  resume(): void {
    this.#pauses -= 1;
    if (this.#state !== 'paused' || this.#pauses > 0) return;
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
    if (this.#state !== 'up') return;
    try {
      task();
    } catch (error) {
      this.surroundings.uncaught(this, error);
    }
  }
}
