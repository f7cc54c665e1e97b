import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { LogRecord } from '../../port.ts';
import { message } from '../../contract/harness.ts';
import { BEHIND, type Failure, type ParkingLot } from '../port.ts';

export interface LotUnderTest {
  lot: ParkingLot;
  /** The same lot as another process sees it. */
  other: ParkingLot;
  close(): Promise<void>;
}

export function recordAt(key: string, offset: number, partition = 0): LogRecord {
  return { topic: 't', partition, offset, at: 1_000 + offset, ...message(key, offset) };
}

const failure: Failure = { code: 'message-from-the-future', reason: 'too new\nat x.ts', attempts: 1, firstAt: 5, lastAt: 6 };
let groups = 0;

/** What every parking lot keeps to. */
export function parkingLotContract(adapter: string, open: () => Promise<LotUnderTest>): void {
  describe(`the parking lot in ${adapter}`, () => {
    let under: LotUnderTest;
    let group: string;
    beforeAll(async () => { under = await open(); });
    afterAll(() => under.close());
    beforeEach(() => { group = `group-${groups += 1}`; });

    const fails = (key: string, offset: number, lot = under.lot) => lot.park(group, { record: recordAt(key, offset), key, failure, at: 7 });
    const comes = (key: string, offset: number, lot = under.lot) => lot.park(group, { record: recordAt(key, offset), key, at: 8 });
    const offsets = async (key?: string) => (await under.other.list(group, { key, state: 'parked', limit: 100 })).map(({ offset }) => offset);
    const claim = (lot = under.lot, holder = 'me', ttlMs = 60_000) => lot.claim(group, holder, { ttlMs, limit: 10 });
    const idAt = async (offset: number) => (await under.lot.list(group, { limit: 100 })).find((each) => each.offset === offset)!.id;

    test('a group that parked nothing is free', async () => {
      expect(await under.lot.standing(group)).toEqual({ keys: [], dropped: [], records: 0, wanted: false, departed: 0 });
      expect(await comes('a', 1)).toBe('free');
      expect(await under.lot.list(group, { limit: 10 })).toEqual([]);
      expect(await under.lot.redrive(group)).toBe(0);
      expect(await claim()).toEqual([]);
    });

    test('a record that failed is kept whole, once, and its key is parked for everybody', async () => {
      expect([await fails('a', 3), await fails('a', 3, under.other), await comes('a', 3)]).toEqual(['parked', 'parked', 'parked']);
      const [kept, ...more] = await under.other.list(group, { limit: 10 });
      const { at: takenAt, envelope } = recordAt('a', 3);
      expect(more).toEqual([]);
      expect(kept).toEqual({ id: expect.any(String), key: 'a', topic: 't', partition: 0, offset: 3, envelope, takenAt, state: 'parked', ...failure });
      expect(await under.other.find(group, kept!.id)).toEqual(kept);
      expect(await under.other.find('another-group', kept!.id)).toBeUndefined();
      expect(await under.other.standing(group)).toMatchObject({ keys: ['a'], records: 1, wanted: false });
    });

    test('later records wait behind in order; those of other keys are free', async () => {
      await fails('a', 3);
      expect([await comes('a', 4), await comes('b', 5), await comes('a', 6, under.other)]).toEqual(['parked', 'free', 'parked']);
      expect(await offsets('a')).toEqual([3, 4, 6]);
      expect((await under.lot.list(group, { key: 'a', limit: 10 })).map(({ code, attempts, firstAt }) => [code, attempts, firstAt])).toEqual(
        [[failure.code, 1, 5], [BEHIND, 0, 8], [BEHIND, 0, 8]]);
    });

    test('a redrive gives the first record of each wanted key to one holder, the next once that has left', async () => {
      for (const [key, offset] of [['a', 1], ['b', 2], ['a', 3]] as const) await fails(key, offset);
      expect(await claim()).toEqual([]);
      expect(await under.other.redrive(group, 'a')).toBe(2);
      expect(await under.lot.standing(group)).toMatchObject({ wanted: true });
      const [first, ...none] = await claim();
      expect([first?.offset, none]).toEqual([1, []]);
      expect(await claim(under.other, 'you')).toEqual([]);
      expect(await comes('a', 4)).toBe('parked');
      for (const expected of [1, 3, 4]) {
        const [head] = await claim();
        expect(head?.offset).toBe(expected);
        await under.lot.leave(group, head!.id);
      }
      expect(await claim()).toEqual([]);
      expect(await under.other.standing(group)).toEqual({ keys: ['b'], dropped: [], records: 1, wanted: false, departed: 3 });
      expect(await comes('a', 5)).toBe('free');
    });

    test('all keys are redriven where none is named, and a claim that ran out is anybody’s', async () => {
      for (const [key, offset] of [['a', 1], ['b', 2]] as const) await fails(key, offset);
      expect(await under.lot.redrive(group)).toBe(2);
      expect((await claim(under.lot, 'me', 0)).map(({ offset }) => offset).sort()).toEqual([1, 2]);
      expect(await claim(under.other, 'you')).toHaveLength(2);
      expect(await claim(under.lot, 'me')).toEqual([]);
    });

    test('what fails again stays with its new reason, and waits for another redrive', async () => {
      await fails('a', 1);
      await comes('a', 2);
      await under.lot.redrive(group);
      const [head] = await claim();
      const again = { code: 'handler-failed', reason: 'still', attempts: 6, firstAt: 90, lastAt: 95 };
      await under.lot.fail(group, head!.id, again);
      expect(await under.other.find(group, head!.id)).toEqual({ ...head, ...again, firstAt: failure.firstAt });
      expect(await under.other.standing(group)).toMatchObject({ wanted: false, records: 2 });
      await under.other.redrive(group, 'a');
      expect((await claim(under.other, 'you')).map(({ offset }) => offset)).toEqual([1]);
    });

    test('a dropped record is kept as evidence and stays dropped; its key is free once nothing waits', async () => {
      await fails('a', 1);
      await comes('a', 2);
      const drop = { by: 'operator:ada', reason: 'sent by hand', at: 99 };
      const id = await idAt(1);
      expect(await under.lot.drop(group, id, drop)).toMatchObject({ offset: 1, state: 'dropped', dropped: drop });
      expect(await under.other.find(group, id)).toMatchObject({ state: 'dropped', dropped: drop });
      expect(await under.other.standing(group)).toMatchObject({ keys: ['a'], records: 1, dropped: [{ topic: 't', partition: 0, offset: 1 }] });
      expect(await fails('a', 1)).toBe('dropped');
      for (const unknown of [id, '999999999']) await expect(under.lot.drop(group, unknown, drop)).rejects.toMatchObject({ code: 'parked-unknown' });
      expect((await under.other.aside(group)).sort((a, b) => a.offset - b.offset)).toEqual(
        [{ topic: 't', partition: 0, offset: 1, key: 'a', state: 'dropped' }, { topic: 't', partition: 0, offset: 2, key: 'a', state: 'parked' }]);
      await under.lot.drop(group, await idAt(2), drop);
      expect(await fails('a', 2)).toBe('dropped');
      expect(await under.other.standing(group)).toMatchObject({ keys: [], records: 0, departed: 0 });
      expect(await comes('a', 3)).toBe('free');
      expect(await under.lot.list(group, { state: 'dropped', limit: 1 })).toHaveLength(1);
      await under.lot.leave(group, id);
      expect(await under.lot.find(group, id)).toBeDefined();
    });

    test('while the last record of a key leaves, one that comes either waits and is claimed, or is free', async () => {
      for (let n = 0; n < 20; n += 1) {
        const key = `k${n}`;
        await fails(key, 10 * n);
        await under.lot.redrive(group, key);
        const [head] = await claim();
        const [fate] = await Promise.all([comes(key, 10 * n + 1, under.other), under.lot.leave(group, head!.id)]);
        const left = await claim();
        expect(left.map(({ offset }) => offset)).toEqual(fate === 'free' ? [] : [10 * n + 1]);
        for (const { id } of left) await under.lot.leave(group, id);
      }
      expect((await under.lot.standing(group)).keys).toEqual([]);
    });
  });
}
