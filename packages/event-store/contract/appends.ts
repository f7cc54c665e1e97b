import { describe, expect, test } from '@jest/globals';
import { draft, drafts, eachWith, expectStream, order, outcome, task, TOPIC, waiting, type Open } from './harness.ts';

export function appends(open: Open): void {
  describe('appending', () => {
    const world = eachWith(open);

    test('events of several streams get their places, in the order they were given', async () => {
      const { store } = world;
      expect(await store.append([
        { stream: 'b', expected: 0, events: drafts(2) },
        { stream: 'a', expected: 'any', events: drafts(1) },
      ])).toEqual([2, 1]);
      expect(await store.append([{ stream: 'b', expected: 2, events: [draft(3)] }])).toEqual([3]);
      await expectStream(store, 'b', [1, 2, 3]);
      await expectStream(store, 'a', [1]);
    });

    test('an event comes back as it was given, with its stream and place', async () => {
      const given = draft(1, { traceparent: '00-a-b-01', data: { text: 'naïve 🚢 "quoted" \\u0000 \\ / \u2028', deep: [{ a: null }, -0.5, 1e21, '__proto__'] } });
      await world.store.append([{ stream: 'order-1', expected: 0, events: [given] }]);
      const [loaded] = await world.store.load([{ stream: 'order-1' }]);
      expect(loaded?.events).toEqual([{ ...given, subject: 'order-1', streamversion: 1 }]);
    });

    test.each([
      ['behind', 1], ['ahead of', 3], ['far ahead of', 40],
    ])('a version %s the stream is a conflict, and nothing is written', async (_, expected) => {
      const { store } = world;
      await store.append([{ stream: 's', expected: 0, events: drafts(2) }]);
      const before = await waiting(store, 'log');
      expect(await outcome(store.append(
        [{ stream: 'other', expected: 0, events: [draft()] }, { stream: 's', expected, events: [draft()] }],
        { inbox: { consumer: 'c', messageId: 'm' }, tasks: [task(1)], timers: { set: [{ id: 't', dueAt: 1, data: null }] } },
      ))).toBe('stream-conflict');
      await expectStream(store, 's', [1, 2]);
      await expectStream(store, 'other', []);
      expect(await waiting(store, 'log')).toEqual(before);
      expect(await waiting(store, 'tasks')).toEqual([]);
      expect(await store.dueTimers(1_000, 10)).toEqual([]);
      expect(await store.append([], { inbox: { consumer: 'c', messageId: 'm' } })).toEqual([]);
    });

    test('a version ahead of a stream that does not exist is a conflict', async () => {
      expect(await outcome(world.store.append([{ stream: 's', expected: 1, events: [draft()] }]))).toBe('stream-conflict');
      expect(await world.store.load([{ stream: 's' }])).toEqual([{ stream: 's', version: 0, events: [] }]);
    });

    test('a write without events checks the version and leaves nothing', async () => {
      const { store } = world;
      await store.append([{ stream: 's', expected: 0, events: drafts(2) }]);
      const check = (expected: number) => outcome(store.append([
        { stream: 's', expected, events: [] }, { stream: `effect-${expected}`, expected: 0, events: [draft(1)] },
      ]));
      expect(await check(1)).toBe('stream-conflict');
      expect(await check(3)).toBe('stream-conflict');
      expect(await check(2)).toBe('ok');
      await expectStream(store, 'effect-1', []);
      await expectStream(store, 'effect-2', [1]);
      expect(await store.append([{ stream: 'none', expected: 0, events: [] }])).toEqual([0]);
      expect((await store.streams('', '', 10)).map(({ stream }) => stream)).toEqual(['effect-2', 's']);
    });

    test('every event waits for the log, and every task for its exchange, in the order of the append', async () => {
      const { store } = world;
      await store.append([
        { stream: 'z', expected: 0, events: [draft(1, { partitionkey: 'k1' }), draft(2, { partitionkey: 'k2' })] },
        { stream: 'a', expected: 0, events: [draft(3, { partitionkey: 'k1' })] },
      ], { tasks: [task(2), task(1)] });
      const rows = await waiting(store, 'log');
      expect(rows.map((row) => row.lane === 'log' && [row.topic, row.key, row.envelope.subject, row.envelope.streamversion]))
        .toEqual([[TOPIC, 'k1', 'z', 1], [TOPIC, 'k2', 'z', 2], [TOPIC, 'k1', 'a', 1]]);
      const sent = await waiting(store, 'tasks');
      expect(sent.map((row) => row.lane === 'tasks' && [row.exchange, row.routingKey])).toEqual([['commands', 'route-2'], ['commands', 'route-1']]);
      expect(sent[0]!.envelope).toMatchObject({ subject: 'target', data: { n: 2 } });
    });

    test('an act without events sends its tasks', async () => {
      const { store } = world;
      expect(await store.append([], { tasks: [task(1)] })).toEqual([]);
      expect(await waiting(store, 'tasks')).toHaveLength(1);
      expect(await waiting(store, 'log')).toEqual([]);
    });

    test('a large append is one append', async () => {
      const { store } = world;
      const writes = Array.from({ length: 300 }, (_, n) => ({ stream: `s-${n}`, expected: 0, events: drafts(7) }));
      expect(await store.append(writes, { tasks: Array.from({ length: 500 }, (_, n) => task(n)) })).toEqual(writes.map(() => 7));
      const rows = await waiting(store, 'log');
      expect(rows).toHaveLength(2_100);
      expect(rows.map((row) => row.id)).toEqual(rows.map((row) => row.id).sort((a, b) => a - b));
      for (const { stream } of writes) expect(order(rows, stream)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect((await waiting(store, 'tasks')).map((row) => row.lane === 'tasks' && row.routingKey)).toEqual(Array.from({ length: 500 }, (_, n) => `route-${n}`));
    });
  });
}
