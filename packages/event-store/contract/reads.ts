import { describe, expect, test } from '@jest/globals';
import { draft, drafts, eachWith, type Open } from './harness.ts';

export function reads(open: Open): void {
  describe('reading', () => {
    const world = eachWith(open);
    const state = { total: 3, lines: ['é', null] };

    test('several streams are loaded at once, each from where its reader is', async () => {
      const { store } = world;
      await store.append([{ stream: 'a', expected: 0, events: drafts(3) }, { stream: 'b', expected: 0, events: drafts(2) }]);
      const loaded = await store.load([{ stream: 'b', after: 2 }, { stream: 'none' }, { stream: 'a', after: 1 }, { stream: 'a' }]);
      expect(loaded.map(({ stream, version, events }) => [stream, version, events.map((event) => event.streamversion)]))
        .toEqual([['b', 2, []], ['none', 0, []], ['a', 3, [2, 3]], ['a', 3, [1, 2, 3]]]);
      expect(await store.load([])).toEqual([]);
    });

    test('a snapshot stands for the events before it', async () => {
      const { store } = world;
      await store.append([{ stream: 's', expected: 0, events: drafts(5) }]);
      await store.saveSnapshot('s', { version: 3, schema: 'v1', state });
      const [loaded] = await store.load([{ stream: 's', snapshotSchema: 'v1' }]);
      expect(loaded).toMatchObject({ version: 5, snapshot: { version: 3, schema: 'v1', state } });
      expect(loaded?.events.map((event) => event.streamversion)).toEqual([4, 5]);
    });

    test('a snapshot of the newest event leaves none to read', async () => {
      const { store } = world;
      await store.append([{ stream: 's', expected: 0, events: drafts(2) }]);
      await store.saveSnapshot('s', { version: 2, schema: 'v1', state });
      expect(await store.load([{ stream: 's', snapshotSchema: 'v1' }]))
        .toEqual([{ stream: 's', version: 2, snapshot: { version: 2, schema: 'v1', state }, events: [] }]);
    });

    test('a snapshot of another shape is ignored, and so is any where the reader has a state, or asks for none', async () => {
      const { store } = world;
      await store.append([{ stream: 's', expected: 0, events: drafts(3) }]);
      await store.saveSnapshot('s', { version: 2, schema: 'v1', state });
      for (const wanted of [{ snapshotSchema: 'v2' }, {}, { after: 1, snapshotSchema: 'v1' }]) {
        const [loaded] = await store.load([{ stream: 's', ...wanted }]);
        expect(loaded?.snapshot).toBeUndefined();
        expect(loaded?.events).toHaveLength('after' in wanted ? 2 : 3);
      }
    });

    test('an older snapshot does not replace a newer one; one of another shape does', async () => {
      const { store } = world;
      await store.append([{ stream: 's', expected: 0, events: drafts(5) }]);
      const kept = async (schema: string) => (await store.load([{ stream: 's', snapshotSchema: schema }]))[0]?.snapshot?.version;
      await store.saveSnapshot('s', { version: 4, schema: 'v1', state });
      await store.saveSnapshot('s', { version: 2, schema: 'v1', state: null });
      expect(await kept('v1')).toBe(4);
      await store.saveSnapshot('s', { version: 3, schema: 'v2', state: null });
      expect(await kept('v2')).toBe(3);
      expect(await kept('v1')).toBeUndefined();
    });

    test('all events are read in pages that keep the order of each stream', async () => {
      const { store } = world;
      for (let n = 0; n < 4; n += 1)
        await store.append([{ stream: 'b', expected: 'any', events: drafts(2) }, { stream: 'a', expected: 'any', events: [draft(n)] }]);
      const seen: string[] = [];
      for (let after = 0; ;) {
        const page = await store.readAll(after, 5);
        seen.push(...page.map(({ event }) => `${event.subject}@${event.streamversion}`));
        if (page.length === 0) break;
        after = page.at(-1)!.position;
      }
      expect(seen).toHaveLength(12);
      expect(seen.filter((each) => each.startsWith('a'))).toEqual([1, 2, 3, 4].map((n) => `a@${n}`));
      expect(seen.filter((each) => each.startsWith('b'))).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `b@${n}`));
    });

    test('streams are listed by prefix, in pages, by name', async () => {
      const { store } = world;
      for (const stream of ['order-b', 'order-a', 'order_', 'orders', 'order-c', 'customer-a', 'order-'])
        await store.append([{ stream, expected: 0, events: drafts(stream === 'order-b' ? 2 : 1) }]);
      expect(await store.streams('order-', '', 2)).toEqual([{ stream: 'order-', version: 1 }, { stream: 'order-a', version: 1 }]);
      expect(await store.streams('order-', 'order-a', 10)).toEqual([{ stream: 'order-b', version: 2 }, { stream: 'order-c', version: 1 }]);
      expect(await store.streams('order-', 'order-c', 10)).toEqual([]);
      expect(await store.streams('none', '', 10)).toEqual([]);
      expect((await store.streams('', '', 3)).map(({ stream }) => stream)).toEqual(['customer-a', 'order-', 'order-a']);
      expect(await store.streams('', '', 100)).toHaveLength(7);
    });

    test('a store that answers says so', async () => {
      await expect(world.store.ping()).resolves.toBeUndefined();
    });
  });
}
