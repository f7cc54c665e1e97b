import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Holding } from './holding.ts';
import { Signal } from './signal.ts';
import type { GroupStore } from './store.ts';

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

/** Fetches for all partitions of a member at once, those that have room for a batch and may have records. */
export class Feed {
  readonly #options: Options;
  readonly #signal: Signal;
  /** Counts reasons to look: hints, polls, leases that are good again. */
  #hint = 0;
  #lingering = false;
  #stopped = false;

  constructor(options: Options) {
    this.#options = options;
    this.#signal = new Signal(options.clock);
  }

  /** There may be records. */
  hint(): void {
    this.#hint += 1;
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
      const hungry = this.#options.leased() ? [...this.#options.holdings()].filter((each) => each.hungry(this.#hint)) : [];
      if (hungry.length > 0) await this.#fetch(hungry);
      else if (!(await this.#signal.wait(this.#options.pollMs))) this.#hint += 1;
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#signal.raise();
  }

  async #fetch(hungry: Holding[]): Promise<void> {
    const { batch, store, clock, logger } = this.#options;
    const limit = Math.max(1, Math.min(batch, Math.floor(FETCH_AT_MOST / hungry.length)));
    const asked = this.#hint;
    try {
      const fetched = await store.fetch(hungry.map((each) => each.wanted(limit)));
      for (const [at, holding] of hungry.entries()) {
        const { records, more } = fetched[at] ?? { records: [], more: false };
        holding.take(records, more ? undefined : asked);
      }
    } catch (error) {
      logger?.warn({ err: error }, 'records not fetched');
      await clock.sleep(AGAIN_AFTER_MS);
    }
  }
}
