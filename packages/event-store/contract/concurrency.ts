import { describe, expect, test } from '@jest/globals';
import { draft, eachWith, expectStream, order, outcome, waiting, type Open } from './harness.ts';

/** Numbers that look random and are the same each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function concurrency(open: Open): void {
  describe('appending at the same time', () => {
    const world = eachWith(open);

    test(`appends to one stream at 'any' version leave no gap, and wait for the log in the stream's order`, async () => {
      const stores = [world.store, await world.another()];
      const versions = await Promise.all(Array.from({ length: 120 }, async (_, n) => {
        const [version] = await stores[n % 2]!.append([{ stream: 's', expected: 'any', events: [draft(n)] }]);
        return version;
      }));
      expect([...versions].sort((a, b) => a! - b!)).toEqual(Array.from({ length: 120 }, (_, n) => n + 1));
      expect(order(await waiting(world.store, 'log'), 's')).toEqual(Array.from({ length: 120 }, (_, n) => n + 1));
    });

    test('appends of one caller to one stream take effect in the order they were made', async () => {
      const { store } = world;
      await Promise.all(Array.from({ length: 50 }, (_, n) => store.append([{ stream: 's', expected: n, events: [draft(n)] }])));
      await expectStream(store, 's', Array.from({ length: 50 }, (_, n) => n));
    });

    test('one that conflicts fails alone', async () => {
      const { store } = world;
      await store.append([{ stream: 's-7', expected: 0, events: [draft()] }]);
      const outcomes = await Promise.all(Array.from({ length: 20 }, (_, n) =>
        outcome(store.append([{ stream: `s-${n}`, expected: 0, events: [draft(n)] }]))));
      expect(outcomes).toEqual(Array.from({ length: 20 }, (_, n) => n === 7 ? 'stream-conflict' : 'ok'));
      for (let n = 0; n < 20; n += 1) await expectStream(store, `s-${n}`, [n === 7 ? 0 : n]);
    });

    test('of two at the same version one wins, over and over', async () => {
      const stores = [world.store, await world.another()];
      for (let version = 0; version < 30; version += 1) {
        const outcomes = await Promise.all(stores.map((store) => outcome(store.append([{ stream: 's', expected: version, events: [draft()] }]))));
        expect(outcomes.sort()).toEqual(['ok', 'stream-conflict']);
      }
    });

    test('two that each check what the other writes do not both succeed', async () => {
      const stores = [world.store, await world.another()];
      for (let n = 0; n < 30; n += 1) {
        const [x, y] = [`x-${n}`, `y-${n}`];
        const outcomes = await Promise.all([
          outcome(stores[0]!.append([{ stream: x, expected: 0, events: [] }, { stream: y, expected: 0, events: [draft()] }])),
          outcome(stores[1]!.append([{ stream: x, expected: 0, events: [draft()] }, { stream: y, expected: 0, events: [] }])),
        ]);
        expect(outcomes.sort()).toEqual(['ok', 'stream-conflict']);
      }
    });

    test('32 writers that reserve many overlapping streams at once leave no part of an append, and none waits for ever', async () => {
      const stores = [world.store, await world.another()];
      const streams = Array.from({ length: 30 }, (_, n) => `product-${n}`);
      const done: string[][] = [];
      await Promise.all(Array.from({ length: 32 }, async (_, writer) => {
        const pick = numbers(writer);
        const store = stores[writer % 2]!;
        for (let round = 0; round < 3; round += 1) {
          const wanted = streams.filter(() => pick(6) === 0);
          for (;;) {
            const loaded = await store.load(wanted.map((stream) => ({ stream })));
            const writes = loaded.map(({ stream, version }) => ({ stream, expected: version, events: [draft(writer * 10 + round)] }));
            if (await outcome(store.append(writes.reverse())) === 'ok') break;
          }
          done.push(wanted);
        }
      }));
      const rows = await waiting(world.store, 'log');
      for (const stream of streams) {
        const expected = done.filter((wanted) => wanted.includes(stream)).length;
        expect((await world.store.load([{ stream }]))[0]).toMatchObject({ version: expected });
        expect(order(rows, stream)).toEqual(Array.from({ length: expected }, (_, n) => n + 1));
      }
      const written = new Map<number, number>();
      for (const { envelope } of rows) {
        const { n } = envelope.data as { n: number };
        written.set(n, (written.get(n) ?? 0) + 1);
      }
      const sizes = [...written.values()].sort((a, b) => a - b);
      expect(sizes).toEqual(done.map((wanted) => wanted.length).filter((size) => size > 0).sort((a, b) => a - b));
    });

    test('what is read while others append keeps each stream whole', async () => {
      const { store } = world;
      const other = await world.another();
      const seen: number[] = [];
      let writing = true;
      const reader = (async () => {
        for (let after = 0; ;) {
          const finished = !writing;
          const page = await other.readAll(after, 50);
          seen.push(...page.map(({ event }) => event.streamversion ?? 0));
          after = page.at(-1)?.position ?? after;
          if (page.length === 0 && finished) return;
        }
      })();
      await Promise.all(Array.from({ length: 300 }, (_, n) => store.append([{ stream: `s-${n % 40}`, expected: 'any', events: [draft(n)] }])));
      writing = false;
      await reader;
      expect(seen).toHaveLength(300);
    });
  });
}
