import { describe, expect, test } from '@jest/globals';
import { draft, eachWith, outcome, type Open } from './harness.ts';

export function timers(open: Open): void {
  describe('timers', () => {
    const world = eachWith(open);
    const set = (id: string, dueAt: number, data: unknown = null) => ({ id, dueAt, data });
    const due = async (now: number, limit = 100) => (await world.store.dueTimers(now, limit)).map((timer) => timer.id);

    test('those due come earliest first, then by id, and stay until they are cleared', async () => {
      await world.store.append([], { timers: { set: [set('d', 30), set('b', 20), set('a', 20), set('c', 10, { step: 1 })] } });
      expect(await due(9)).toEqual([]);
      expect(await due(20)).toEqual(['c', 'a', 'b']);
      expect(await due(100, 2)).toEqual(['c', 'a']);
      expect(await world.store.dueTimers(10, 1)).toEqual([set('c', 10, { step: 1 })]);
      expect(await due(100)).toEqual(['c', 'a', 'b', 'd']);
    });

    test('one is replaced by one of the same id, and cleared by an append', async () => {
      const { store } = world;
      await store.append([], { timers: { set: [set('a', 10, 1), set('b', 10)] } });
      await store.append([{ stream: 's', expected: 0, events: [draft()] }], { timers: { set: [set('a', 50, 2)], clear: ['b', 'unknown'] } });
      expect(await store.dueTimers(100, 10)).toEqual([set('a', 50, 2)]);
    });

    test('one that is cleared and set in the same append is set', async () => {
      const { store } = world;
      await store.append([], { timers: { set: [set('a', 10)] } });
      await store.append([], { timers: { clear: ['a', 'b'], set: [set('a', 20), set('b', 30)] } });
      expect(await store.dueTimers(100, 10)).toEqual([set('a', 20), set('b', 30)]);
    });

    test('an append that fails neither sets nor clears', async () => {
      const { store } = world;
      await store.append([], { timers: { set: [set('a', 10)] } });
      const failing = [{ stream: 's', expected: 5, events: [draft()] }];
      expect(await outcome(store.append(failing, { timers: { clear: ['a'], set: [set('b', 10)] } }))).toBe('stream-conflict');
      expect(await due(100)).toEqual(['a']);
    });

    test('processes that set and clear the same ones at once all get through', async () => {
      const stores = [world.store, await world.another()];
      const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
      await Promise.all(Array.from({ length: 60 }, (_, n) => {
        const mine = n % 2 === 0 ? ids : [...ids].reverse();
        return stores[n % 2]!.append([], { timers: { set: mine.slice(0, 3).map((id) => set(id, n)), clear: mine.slice(3) } });
      }));
      expect((await due(1_000)).length).toBe(3);
    });
  });
}
