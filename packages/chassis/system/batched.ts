interface Options<Item, Result> {
  /** Sends them; one result for each, in their order. */
  send(items: Item[]): Promise<Result[]>;
  /** What an item weighs, and how much goes at once; a heavier item goes alone. */
  weigh(item: Item): number;
  most: number;
}

interface Waiting<Item, Result> { item: Item; resolve(result: Result): void; reject(error: unknown): void }

/** Calls made while one is on its way share the next: as many round trips as there is time for, no more. */
export class Batched<Item, Result> {
  readonly #options: Options<Item, Result>;
  #waiting: Waiting<Item, Result>[] = [];
  #sending = false;

  constructor(options: Options<Item, Result>) {
    this.#options = options;
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#schedule();
    });
  }

  /** Waits for the end of this turn of the event loop: callers that one answer has freed come again together. */
  #schedule(): void {
    if (this.#sending || this.#waiting.length === 0) return;
    this.#sending = true;
    setImmediate(() => void this.#send());
  }

  async #send(): Promise<void> {
    const batch = this.#next();
    try {
      const results = await this.#options.send(batch.map(({ item }) => item));
      for (const [at, { resolve }] of batch.entries()) resolve(results[at] as Result);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.#sending = false;
    this.#schedule();
  }

  #next(): Waiting<Item, Result>[] {
    let weight = 0;
    const over = this.#waiting.findIndex(({ item }, at) => {
      weight += this.#options.weigh(item);
      return at > 0 && weight > this.#options.most;
    });
    return this.#waiting.splice(0, over === -1 ? this.#waiting.length : over);
  }
}
