import { Pace } from './pace.ts';

/** Something that waits for its turn. */
interface Waiting<Item, Result> {
  item: Item;
  /** Items ahead of it that share a key with it and have not ended. */
  ahead: number;
  behind: Waiting<Item, Result>[];
  resolve(result: Result): void;
  reject(error: unknown): void;
}

interface Options<Item, Result> {
  /** Groups on their way at a time. */
  width: number;
  /** Items in a group at most. */
  size: number;
  /** Keys in a group at most, but for an item that has more by itself. */
  keys: number;
  /** Sends a group; one result for each. */
  send(group: Item[]): Promise<PromiseSettledResult<Result>[]>;
  /** Told, when an item has ended, of each that waited for it. */
  ended(item: Item, next: Item): void;
  /** Milliseconds, from anywhere. */
  now(): number;
}

/**
 * Sends items in groups. No two of a group, nor of groups on their way at the same time, share a key;
 * items that share one go in the order they came.
 */
export class Groups<Item extends { keys: string[] }, Result> {
  readonly #options: Options<Item, Result>;
  readonly #last = new Map<string, Waiting<Item, Result>>();
  #ready: Waiting<Item, Result>[] = [];
  #sending = 0;
  #scheduled = false;
  #lastSize = 0;
  readonly #pace = new Pace();

  constructor(options: Options<Item, Result>) {
    this.#options = options;
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting<Item, Result> = { item, ahead: 0, behind: [], resolve, reject };
      for (const key of item.keys) {
        const before = this.#last.get(key);
        this.#last.set(key, waiting);
        if (!before || before === waiting) continue;
        before.behind.push(waiting);
        waiting.ahead += 1;
      }
      if (waiting.ahead === 0) this.#ready.push(waiting);
      this.#schedule();
    });
  }

  /**
   * One caller alone need not wait. Otherwise this turn of the event loop is let end first: callers that one
   * commit has freed come again together.
   */
  #schedule(): void {
    if (this.#scheduled || this.#ready.length === 0 || this.#sending === this.#options.width) return;
    if (this.#sending === 0 && this.#lastSize <= 1 && this.#ready.length === 1) {
      void this.#sendGroup(1);
      return;
    }
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#sendReady();
    });
  }

  #sendReady(): void {
    const { width, size } = this.#options;
    const ready = this.#ready.length;
    const worth = Math.max(this.#pace.groups(ready, this.#sending), Math.floor(ready / size));
    for (let groups = Math.min(worth, width - this.#sending); groups > 0 && this.#ready.length > 0; groups -= 1)
      void this.#sendGroup(Math.ceil(this.#ready.length / groups));
  }

  async #sendGroup(most: number): Promise<void> {
    const group = this.#ready.splice(0, this.#fitting(most));
    this.#sending += 1;
    this.#lastSize = group.length;
    const began = this.#options.now();
    const results = await this.#options.send(group.map((waiting) => waiting.item));
    this.#pace.took(group.length, this.#options.now() - began);
    this.#sending -= 1;
    for (const [at, waiting] of group.entries()) this.#settle(waiting, results[at]);
    this.#schedule();
  }

  /** How many of those that are ready fit in one group, `most` at most. */
  #fitting(most: number): number {
    const { size, keys } = this.#options;
    const limit = Math.min(size, most);
    let taken = 0;
    for (const [count, { item }] of this.#ready.entries()) {
      taken += item.keys.length;
      if (count > 0 && (count === limit || taken > keys)) return count;
    }
    return this.#ready.length;
  }

  #settle(waiting: Waiting<Item, Result>, result: PromiseSettledResult<Result> | undefined): void {
    for (const key of waiting.item.keys) if (this.#last.get(key) === waiting) this.#last.delete(key);
    for (const next of waiting.behind) {
      this.#options.ended(waiting.item, next.item);
      next.ahead -= 1;
      if (next.ahead === 0) this.#ready.push(next);
    }
    if (result?.status === 'fulfilled') waiting.resolve(result.value);
    else waiting.reject(result?.reason);
  }
}
