import type { Attempt } from './attempts.ts';
import type { Play } from './play.ts';
import { heard, type Told } from './told.ts';

/** Where a load runs that is not in this process. */
export interface Elsewhere {
  /** Runs it to its end. @param line told each line that it says, in order. @returns its exit code */
  run(line: (text: string) => void): Promise<number>;
  /** Tells it to end. */
  end(): Promise<void>;
}

/** A load in another process, known by what it says. */
export class PlayElsewhere implements Play {
  readonly attempts: Attempt[] = [];
  readonly grew: number[] = [];
  readonly oddities: string[] = [];
  settled = 0;
  resends: Record<string, number> = {};
  readonly #where: Elsewhere;
  readonly #known = new Map<string, Attempt>();
  readonly #started = Promise.withResolvers<void>();
  #last = 0;
  #ended = false;
  #failure: Error | undefined;
  #running: Promise<void> | undefined;

  constructor(where: Elsewhere) {
    this.#where = where;
  }

  async start(): Promise<void> {
    this.#running = this.#run();
    await Promise.race([this.#started.promise, this.#running.then(() => { throw new Error('the load ended before it began'); })]);
  }

  async stop(): Promise<void> {
    await this.#where.end();
    await this.#running;
  }

  async #run(): Promise<void> {
    const code = await this.#where.run((line) => {
      try {
        this.#hear(heard(line));
      } catch (error) {
        this.#failure ??= error instanceof Error ? error : new Error(String(error));
      }
    });
    if (this.#failure) throw this.#failure;
    if (!this.#ended) throw new Error(`the load ended with code ${code} and without a last word`);
  }

  #hear(told: Told): void {
    if (told.n !== this.#last + 1) throw new Error(`of what the load said, ${told.n - this.#last - 1} lines are missing`);
    this.#last = told.n;
    switch (told.type) {
      case 'started': return this.#started.resolve();
      case 'attempt': return this.#attempt(told.attempt);
      case 'grew':
        this.settled = told.settled;
        this.grew.push(told.at);
        return;
      case 'ended':
        this.oddities.push(...told.oddities);
        this.resends = told.resends;
        this.#ended = true;
    }
  }

  #attempt(attempt: Attempt): void {
    const known = this.#known.get(attempt.orderId);
    if (known) return void Object.assign(known, attempt);
    this.#known.set(attempt.orderId, attempt);
    this.attempts.push(attempt);
  }
}
