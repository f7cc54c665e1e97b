import { describe, expect, test } from '@jest/globals';
import { drafts, eachWith, task, waiting, type Open } from './harness.ts';

const TTL_MS = 300;

export function outboxes(open: Open): void {
  describe('the outbox', () => {
    const world = eachWith(open);

    test('one relay leads a lane until it gives the lease up or lets it run out', async () => {
      const { store } = world;
      const first = await store.lead('log', 'one', TTL_MS);
      expect(first).toBeGreaterThan(0);
      expect(await store.lead('log', 'two', TTL_MS)).toBeUndefined();
      expect(await store.lead('tasks', 'two', TTL_MS)).toBeGreaterThan(0);
      expect(await store.lead('log', 'one', TTL_MS)).toBe(first);
      await store.yield('log', 'two');
      expect(await store.lead('log', 'two', TTL_MS)).toBeUndefined();
      await store.yield('log', 'one');
      const second = await store.lead('log', 'two', TTL_MS);
      expect(second).toBeGreaterThan(first!);
      expect(await store.lead('log', 'one', TTL_MS)).toBeUndefined();
      await world.pass(TTL_MS * 1.5);
      expect(await store.lead('log', 'one', TTL_MS)).toBeGreaterThan(second!);
    });

    test('of two that want to lead at once, one does', async () => {
      const stores = [world.store, await world.another()];
      const epochs = await Promise.all(stores.map((store, n) => store.lead('log', `relay-${n}`, 60_000)));
      expect(epochs.filter((epoch) => epoch !== undefined)).toHaveLength(1);
    });

    test('rows are scanned in pages by id, and removed by who leads', async () => {
      const { store } = world;
      await store.append([{ stream: 's', expected: 0, events: drafts(5) }], { tasks: [task(1)] });
      const page = await store.scan('log', 0, 2);
      const rest = await store.scan('log', page.at(-1)!.id, 10);
      expect([...page, ...rest].map((row) => row.envelope.streamversion)).toEqual([1, 2, 3, 4, 5]);
      const epoch = await store.lead('log', 'one', 60_000);
      expect(await store.remove('log', epoch!, page.map((row) => row.id))).toBe(true);
      expect((await waiting(store, 'log')).map((row) => row.id)).toEqual(rest.map((row) => row.id));
      expect(await waiting(store, 'tasks')).toHaveLength(1);
    });

    test('a scan called right after a removal, whose answer was not awaited, does not see what that removed', async () => {
      const { store } = world;
      await store.append([{ stream: 's', expected: 0, events: drafts(5) }]);
      const epoch = await store.lead('log', 'one', 60_000);
      const page = await store.scan('log', 0, 2);
      const [removed, rest] = await Promise.all([store.remove('log', epoch!, page.map((row) => row.id)), store.scan('log', 0, 10)]);
      expect(removed).toBe(true);
      expect(rest.map((row) => row.envelope.streamversion)).toEqual([3, 4, 5]);
    });

    test('who has lost the lead removes nothing', async () => {
      const { store } = world;
      await store.append([{ stream: 's', expected: 0, events: drafts(2) }], { tasks: [task(1)] });
      const late = (await store.lead('log', 'one', 60_000))!;
      await store.yield('log', 'one');
      const epoch = (await store.lead('log', 'two', 60_000))!;
      const ids = (await waiting(store, 'log')).map((row) => row.id);
      expect(await store.remove('log', late, ids)).toBe(false);
      expect(await waiting(store, 'log')).toHaveLength(2);
      expect(await store.remove('log', epoch, ids)).toBe(true);
      const tasks = (await waiting(store, 'tasks')).map((row) => row.id);
      expect(await store.remove('tasks', epoch, tasks)).toBe(false);
    });

    test('the horizon comes to what is there, once nothing older is under way', async () => {
      const { store } = world;
      await store.append([{ stream: 's', expected: 0, events: drafts(3) }]);
      const last = (await waiting(store, 'log')).at(-1)!.id;
      let horizon = await store.horizon('log');
      for (let looks = 0; horizon < last && looks < 200; looks += 1) {
        await world.pass(10);
        const next = await store.horizon('log');
        expect(next).toBeGreaterThanOrEqual(horizon);
        horizon = next;
      }
      expect(horizon).toBeGreaterThanOrEqual(last);
    });

    test('the backlog tells how many wait, and for how long', async () => {
      const { store } = world;
      expect(await store.backlog('log')).toEqual({ rows: 0, oldestMs: 0 });
      await store.append([{ stream: 's', expected: 0, events: drafts(3) }]);
      await world.pass(50);
      const backlog = await store.backlog('log');
      expect(backlog.rows).toBe(3);
      expect(backlog.oldestMs).toBeGreaterThanOrEqual(50);
      expect(backlog.oldestMs).toBeLessThan(30_000);
      expect(await store.backlog('tasks')).toEqual({ rows: 0, oldestMs: 0 });
    });
  });
}
