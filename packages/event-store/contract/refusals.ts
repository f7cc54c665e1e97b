import { describe, expect, test } from '@jest/globals';
import { answer, draft, eachWith, expectStream, outcome, task, waiting, type Open } from './harness.ts';

const NUL = 'a\0b';
const HALF_PAIR = 'a\ud83d';

export function refusals(open: Open): void {
  describe('what cannot be stored', () => {
    const world = eachWith(open);

    test.each([
      ['NUL in an event', [{ stream: 's', expected: 0, events: [draft(1), draft(2, { data: { deep: [NUL] } })] }], {}],
      ['NUL in a key of an event', [{ stream: 's', expected: 0, events: [draft(2, { data: { [NUL]: 1 } })] }], {}],
      ['half a surrogate pair in an event', [{ stream: 's', expected: 0, events: [draft(1, { data: HALF_PAIR })] }], {}],
      ['an event over the size limit', [{ stream: 's', expected: 0, events: [draft(1, { data: '🚢'.repeat(250_000) })] }], {}],
      ['what is no JSON', [{ stream: 's', expected: 0, events: [draft(1, { data: 1n })] }], {}],
      ['NUL in a stream name', [{ stream: NUL, expected: 0, events: [draft(1)] }], {}],
      ['half a surrogate pair in a stream name', [{ stream: HALF_PAIR, expected: 0, events: [] }], {}],
      ['a stream name that is too long', [{ stream: 's'.repeat(257), expected: 0, events: [draft(1)] }], {}],
      ['a stream that is written twice', [{ stream: 's', expected: 0, events: [draft(1)] }, { stream: 's', expected: 0, events: [] }], {}],
      ['NUL in an inbox row', [{ stream: 's', expected: 0, events: [draft(1)] }], { inbox: { consumer: 'c', messageId: NUL } }],
      ['NUL in a task', [{ stream: 's', expected: 0, events: [draft(1)] }], { tasks: [{ ...task(1), routingKey: NUL }] }],
      ['NUL in an answer', [{ stream: 's', expected: 0, events: [draft(1)] }], { answer: answer('k', { body: NUL }) }],
      ['NUL in the key of an answer', [{ stream: 's', expected: 0, events: [draft(1)] }], { answer: answer(NUL) }],
      ['NUL in a timer', [{ stream: 's', expected: 0, events: [draft(1)] }], { timers: { set: [{ id: 't', dueAt: 1, data: NUL }] } }],
      ['NUL in the id of a timer', [{ stream: 's', expected: 0, events: [draft(1)] }], { timers: { clear: [NUL] } }],
    ])('%s is refused, and nothing is written', async (_, writes, act) => {
      const { store } = world;
      expect(await outcome(store.append(writes as never, act as never))).toBe('event-invalid');
      expect(await waiting(store, 'log')).toEqual([]);
      expect(await waiting(store, 'tasks')).toEqual([]);
      expect(await store.streams('', '', 10)).toEqual([]);
    });

    test('one that cannot be stored does not harm those beside it', async () => {
      const { store } = world;
      const outcomes = await Promise.all([1, 2, 3].map((n) =>
        outcome(store.append([{ stream: `s-${n}`, expected: 0, events: [draft(n, n === 2 ? { data: NUL } : {})] }]))));
      expect(outcomes).toEqual(['ok', 'event-invalid', 'ok']);
      await expectStream(store, 's-3', [3]);
    });

    test('names and text that only look odd are stored as they are', async () => {
      const { store } = world;
      const stream = `ü-🚢-'"\\{},%_\n\u2028`;
      const data = { n: 1, text: '\\u0000 \\\\u0000 \\ud83d \u0001\u007f\uffff {}"\'' };
      await store.append([{ stream, expected: 0, events: [draft(1, { data })] }], {
        inbox: { consumer: stream, messageId: stream }, answer: answer(stream), tasks: [task(1)], timers: { set: [{ id: stream, dueAt: 1, data }] },
      });
      const [loaded] = await store.load([{ stream }]);
      expect(loaded?.events[0]).toMatchObject({ subject: stream, data });
      expect(await store.answer('POST /things', stream)).toEqual(answer(stream));
      expect(await store.dueTimers(1, 1)).toEqual([{ id: stream, dueAt: 1, data }]);
      expect(await store.streams(stream, '', 1)).toEqual([{ stream, version: 1 }]);
      expect(await outcome(store.append([], { inbox: { consumer: stream, messageId: stream } }))).toBe('already-handled');
    });

    test('an event just under the size limit is stored', async () => {
      const data = 'x'.repeat(890_000);
      await world.store.append([{ stream: 's', expected: 0, events: [draft(1, { data })] }]);
      expect((await world.store.load([{ stream: 's' }]))[0]?.events[0]?.data).toBe(data);
    });
  });
}
