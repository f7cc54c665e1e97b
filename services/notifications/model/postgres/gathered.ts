interface Waiting<Item, Result> { item: Item; resolve(result: Result): void; reject(error: unknown): void }

/**
 * Sends what comes in while something is on its way together, in one call: under load many share a commit,
 * and a single one waits for nothing.
 * @param send answers each item, in their order.
 */
export function gathered<Item, Result>(send: (items: Item[]) => Promise<Result[]>): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let sending = false;
  const sendOn = async (): Promise<void> => {
    sending = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        const results = await send(group.map(({ item }) => item));
        group.forEach(({ resolve }, n) => resolve(results[n] as Result));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    sending = false;
  };
  return (item) => new Promise((resolve, reject) => {
    waiting.push({ item, resolve, reject });
    if (!sending) void sendOn();
  });
}
