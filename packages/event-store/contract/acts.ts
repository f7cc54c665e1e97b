import { describe, expect, test } from '@jest/globals';
import { answer, draft, eachWith, expectStream, outcome, task, waiting, type Open } from './harness.ts';

export function acts(open: Open): void {
  describe('what is committed with the events', () => {
    const world = eachWith(open);
    const inbox = { consumer: 'saga', messageId: 'm-1' };

    test('a message is handled once: the second append changes nothing', async () => {
      const { store } = world;
      await store.append([{ stream: 's', expected: 0, events: [draft(1)] }], { inbox });
      const again = store.append([{ stream: 's', expected: 1, events: [draft(2)] }], { inbox, tasks: [task(1)] });
      expect(await outcome(again)).toBe('already-handled');
      await expectStream(store, 's', [1]);
      expect(await waiting(store, 'tasks')).toEqual([]);
      expect(await outcome(store.append([], { inbox: { ...inbox, consumer: 'other' } }))).toBe('ok');
    });

    test('a message that arrives many times at once, at two processes, is handled once', async () => {
      const stores = [world.store, await world.another()];
      const outcomes = await Promise.all(Array.from({ length: 24 }, (_, n) =>
        outcome(stores[n % 2]!.append([{ stream: `s-${n}`, expected: 0, events: [draft(n)] }], { inbox }))));
      expect(outcomes.filter((each) => each === 'ok')).toHaveLength(1);
      expect(outcomes.filter((each) => each === 'already-handled')).toHaveLength(23);
      expect(await waiting(world.store, 'log')).toHaveLength(1);
    });

    test('an answer is kept once, and read back as it was', async () => {
      const { store } = world;
      const first = answer('k', { body: { text: 'é🚢', list: [1, null] } });
      await store.append([{ stream: 's', expected: 0, events: [draft(1)] }], { answer: first });
      expect(await outcome(store.append([{ stream: 't', expected: 0, events: [draft(1)] }], { answer: answer('k', { status: 500 }) }))).toBe('key-used');
      expect(await store.answer(first.scope, 'k')).toEqual(first);
      expect(await store.answer('another scope', 'k')).toBeUndefined();
      await expectStream(store, 't', []);
    });

    test('an answer may be empty', async () => {
      await world.store.append([], { answer: answer('k', { body: null, headers: {} }) });
      expect(await world.store.answer('POST /things', 'k')).toMatchObject({ body: null, headers: {} });
    });

    test('of many answers to one key at once, at two processes, one is kept with its events', async () => {
      const stores = [world.store, await world.another()];
      const outcomes = await Promise.all(Array.from({ length: 24 }, (_, n) =>
        outcome(stores[n % 2]!.append([{ stream: `s-${n}`, expected: 0, events: [draft(n)] }], { answer: answer('k', { body: n }) }))));
      const winner = outcomes.indexOf('ok');
      expect(outcomes.filter((each) => each === 'key-used')).toHaveLength(23);
      expect(await world.store.answer('POST /things', 'k')).toMatchObject({ body: winner });
      await expectStream(world.store, `s-${winner}`, [winner]);
    });

    test('a used key is told before a conflict, and an append that fails leaves none of its rows behind', async () => {
      const { store } = world;
      await store.append([{ stream: 's', expected: 0, events: [draft(1)] }], { inbox, answer: answer('k') });
      const moved = { stream: 's', expected: 0, events: [draft(2)] };
      const fresh = { inbox: { ...inbox, messageId: 'm-2' }, answer: answer('k-2') };
      expect(await outcome(store.append([moved], { answer: answer('k') }))).toBe('key-used');
      expect(await outcome(store.append([moved], { inbox: fresh.inbox, answer: answer('k') }))).toBe('key-used');
      expect(await outcome(store.append([{ ...moved, expected: 1 }], { inbox, answer: fresh.answer }))).toBe('already-handled');
      expect(await outcome(store.append([moved], fresh))).toBe('stream-conflict');
      expect(await store.answer('POST /things', 'k-2')).toBeUndefined();
      expect(await outcome(store.append([], fresh))).toBe('ok');
    });

    test('one that was handled before fails alone among others', async () => {
      const { store } = world;
      await store.append([], { inbox, answer: answer('k-3') });
      const outcomes = await Promise.all(Array.from({ length: 8 }, (_, n) => outcome(store.append(
        [{ stream: `s-${n}`, expected: 0, events: [draft(n)] }],
        { inbox: { consumer: 'saga', messageId: `m-${n}` }, answer: answer(`k-${n}`), tasks: [task(n)] },
      ))));
      expect(outcomes).toEqual(['ok', 'already-handled', 'ok', 'key-used', 'ok', 'ok', 'ok', 'ok']);
      const subjects = (await waiting(store, 'log')).map((row) => row.envelope.subject);
      expect(subjects.sort()).toEqual(['s-0', 's-2', 's-4', 's-5', 's-6', 's-7']);
      expect(await waiting(store, 'tasks')).toHaveLength(6);
      expect(await outcome(store.append([], { inbox: { consumer: 'saga', messageId: 'm-3' } }))).toBe('ok');
      expect(await store.answer('POST /things', 'k-1')).toBeUndefined();
    });

    test('pruning forgets what is old enough, and only that', async () => {
      const { store } = world;
      await store.append([], { inbox, answer: answer('old', { at: 1_000 }) });
      await store.append([], { answer: answer('young', { at: 2_000 }) });
      await store.prune({ inbox: 0, answers: 2_000 });
      expect(await store.answer('POST /things', 'old')).toBeUndefined();
      expect(await store.answer('POST /things', 'young')).toBeDefined();
      expect(await outcome(store.append([], { inbox }))).toBe('already-handled');
      await store.prune({ inbox: Number.MAX_SAFE_INTEGER, answers: 0 });
      expect(await outcome(store.append([], { inbox, answer: answer('old') }))).toBe('ok');
    });
  });
}
