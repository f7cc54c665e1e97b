import type { Attempt, Found } from './attempts.ts';
import type { Play } from './play.ts';
import { foundOf, heard, type Told } from './told.ts';

/** Where a load runs that is not in this process. */
export interface Elsewhere {
  /** Starts it. */
  start(): Promise<void>;
  /** All that it has said so far and will say, from its first line on, until the connection breaks or it has ended. */
  lines(): AsyncIterable<string>;
  /** Tells it to end. */
  end(): Promise<void>;
}

/** A load in another process, known by what it says. Lines that come again, as after a broken connection, count once. */
export class PlayElsewhere implements Play {
  readonly attempts: Attempt[] = [];
  readonly grew: number[] = [];
  readonly oddities: string[] = [];
  settled = 0;
  resent = 0;
  /** Once it has ended. */
  found: Found | undefined;
  readonly #where: Elsewhere;
  readonly #known = new Map<string, Attempt>();
  readonly #started = Promise.withResolvers<void>();
  #last = 0;
  #following: Promise<void> | undefined;

  constructor(where: Elsewhere) {
    this.#where = where;
  }

  async start(): Promise<void> {
    await this.#where.start();
    this.#following = this.#follow();
    await Promise.race([this.#started.promise, this.#following.then(() => { throw new Error('the load ended before it began'); })]);
  }

  async stop(): Promise<void> {
    await this.#where.end();
    await this.#following;
  }

  async #follow(): Promise<void> {
    while (!this.found) {
      const before = this.#last;
      for await (const line of this.#where.lines()) this.#hear(heard(line));
      if (!this.found && this.#last === before) throw new Error('the load has ended without a last word');
    }
  }

  #hear(told: Told): void {
    if (told.n <= this.#last) return;
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
        this.resent = told.resent;
        this.found = foundOf(told.found);
    }
  }

  #attempt(attempt: Attempt): void {
    const known = this.#known.get(attempt.orderId);
    if (known) return void Object.assign(known, attempt);
    this.#known.set(attempt.orderId, attempt);
    this.attempts.push(attempt);
  }
}
