import { Worker } from 'node:worker_threads';
import type { Patch } from '../mutants/mutant.ts';
import type { Answer } from './worker.ts';

/** Longest that one seed may take: far beyond what any does. */
export const PATIENCE_MS = 120_000;

/** A thread that plays one seed after another: on sources of its own, since each thread loads them anew. */
export class Player {
  readonly #worker: Worker;
  readonly #patienceMs: number;
  #dead: string | undefined;
  #waiting: { seed: number; answered(answer: Answer): void; failed(error: Error): void } | undefined;

  /** @param patches what to plant in the sources before they are loaded. */
  constructor(patches: readonly Patch[] = [], patienceMs = PATIENCE_MS) {
    this.#patienceMs = patienceMs;
    this.#worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: patches });
    this.#worker.on('message', (answer: Answer) => this.#waiting?.answered(answer));
    this.#worker.on('error', (error) => this.#die(String(error)));
    this.#worker.on('exit', (code) => this.#die(`its thread ended with code ${code}`));
  }

  /** @throws Error that names the seed, where it does not come to its end or its thread dies. */
  async play(seed: number): Promise<Answer> {
    const { promise, resolve: answered, reject: failed } = Promise.withResolvers<Answer>();
    this.#waiting = { seed, answered, failed };
    if (this.#dead !== undefined) this.#fail(this.#dead);
    const patience = setTimeout(() => this.#fail(`not over after ${this.#patienceMs / 1_000} s`), this.#patienceMs);
    this.#worker.postMessage(seed);
    try {
      return await promise;
    } finally {
      clearTimeout(patience);
      this.#waiting = undefined;
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #die(why: string): void {
    this.#dead ??= why;
    this.#fail(this.#dead);
  }

  #fail(why: string): void {
    this.#waiting?.failed(new Error(`seed ${this.#waiting.seed}: ${why}`));
  }
}

/**
 * Plays seeds on several threads; which thread plays which changes nothing.
 * @param take told of each in the order in which they end; `false` ends the whole.
 * @throws as `Player.play`
 */
export async function playSeeds(seeds: Iterable<number>, threads: number, take: (answer: Answer) => boolean): Promise<void> {
  const waiting = seeds[Symbol.iterator]();
  let going = true;
  await Promise.all(Array.from({ length: threads }, async () => {
    const player = new Player();
    try {
      for (let next = waiting.next(); going && !next.done; next = waiting.next()) going = take(await player.play(next.value)) && going;
    } finally {
      going = false;
      await player.end();
    }
  }));
}
