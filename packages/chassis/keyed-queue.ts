/**
 * Work on the same key goes one after another, on different keys side by side. Work on several keys
 * waits for all of them; since it joins every queue at once, two such can't wait for each other.
 */
export class KeyedQueue {
  readonly #tails = new Map<string, Promise<void>>();

  async run<T>(keys: string[], work: () => Promise<T>): Promise<T> {
    const ahead = keys.map((key) => this.#tails.get(key) ?? Promise.resolve());
    const result = Promise.all(ahead).then(work);
    const settled = result.then(() => undefined, () => undefined);
    for (const key of keys) this.#tails.set(key, settled);
    try {
      return await result;
    } finally {
      for (const key of keys) if (this.#tails.get(key) === settled) this.#tails.delete(key);
    }
  }
}
