import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Holding } from './holding.ts';
import { Signal } from './signal.ts';
import type { Fetched, GroupStore } from './store.ts';

interface Options {
  clock: Clock;
  logger?: Logger;
  store: Pick<GroupStore, 'fetch'>;
  /** Partitions held now. */
  holdings(): Iterable<Holding>;
  leased(): boolean;
  /** Records in a batch at most. */
  batch: number;
  /** Looks for records this often when nothing hints at any. */
  pollMs: number;
  /** Waits this long after a hint for more of them. */
  lingerMs: number;
}

/** Records in one answer at most, over all partitions. */
const FETCH_AT_MOST = 2_000;
const AGAIN_AFTER_MS = 250;
const NOTHING: Fetched = { records: [], more: false };

/** Fetches for all partitions of a member at once, those that have room for a batch and may have records. */
export class Feed {
  readonly #options: Options;
  readonly #signal: Signal;
  #lingering = false;
  #stopped = false;
  #polledAt = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#signal = new Signal(options.clock);
  }

  /** A partition may have records. */
  hint(): void {
    if (this.#lingering) return;
    this.#lingering = true;
    this.#options.clock.after(this.#options.lingerMs, () => {
      this.#lingering = false;
      this.#signal.raise();
    });
  }

  /** A partition has room for a batch. */
  room(): void {
    this.#signal.raise();
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      this.#poll();
      const hungry = this.#options.leased() ? [...this.#options.holdings()].filter((each) => each.hungry) : [];
      if (hungry.length > 0) await this.#fetch(hungry);
      else await this.#signal.wait(this.#untilPoll());
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#signal.raise();
  }

  /** Hints get lost: now and then every partition is a reason to look. */
  #poll(): void {
    const { clock, pollMs } = this.#options;
    if (this.#untilPoll() > 0 && this.#untilPoll() <= pollMs) return;
    this.#polledAt = clock.now();
    for (const each of this.#options.holdings()) each.hint();
  }

  /** More than `pollMs` when the clock was set back. */
  #untilPoll(): number {
    return this.#polledAt + this.#options.pollMs - this.#options.clock.now();
  }

  async #fetch(hungry: Holding[]): Promise<void> {
    const { batch, store, clock, logger } = this.#options;
    const limit = Math.max(1, Math.min(batch, Math.floor(FETCH_AT_MOST / hungry.length)));
    try {
      const fetched = await store.fetch(hungry.map((each) => each.wanted(limit)));
      for (const [at, holding] of hungry.entries()) holding.take(fetched[at] ?? NOTHING);
    } catch (error) {
      logger?.warn({ err: error }, 'records not fetched');
      await clock.sleep(AGAIN_AFTER_MS);
      for (const holding of hungry) holding.hint();
    }
  }
}
