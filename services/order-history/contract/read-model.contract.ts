import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { topics } from '@tradewind/events/topology.ts';
import type { Log } from '@tradewind/log/port.ts';
import { fold } from '../domain/fold.ts';
import { occurrences, strandsOf } from '../domain/occurrence.ts';
import { timeline } from '../domain/timeline.ts';
import { Projector } from '../messaging/projector.ts';
import { readModelErrors } from '../read-model/errors.ts';
import type { Cursor, OrderFilter, ReadModel } from '../read-model/port.ts';
import type { Advance } from '../read-model/projection.ts';
import { generationsContract } from './generations.contract.ts';
import { foldAll, seen } from './fold-all.ts';
import { BEGAN, ofTopic, records, Story, type Told } from './story.ts';

export interface ReadModelUnderTest {
  model: ReadModel;
  /** Another process on the same data. */
  other(): Promise<ReadModel>;
  close(): Promise<void>;
}

const nothing: Pick<Log, 'read'> = { read: () => Promise.resolve([]) };

/** What every read model keeps to. */
export function readModelContract(adapter: string, open: () => Promise<ReadModelUnderTest>): void {
  describe(`the read model in ${adapter}`, () => {
    let under: ReadModelUnderTest;
    let model: ReadModel;
    beforeEach(async () => {
      under = await open();
      model = under.model;
    });
    afterEach(() => under.close());

    const apply = async (told: Told[], advance: Advance): Promise<void> => {
      const events = occurrences(told.map(({ envelope }) => envelope));
      await model.apply(fold(events, await model.held(strandsOf(events))), advance);
    };

    test('shows an order as its events left it', async () => {
      await foldAll(model, new Story().order('o1', 'c1', 'confirmed').order('o2', 'c1', 'declined').told);
      expect(await model.order('o1')).toEqual({
        orderId: 'o1', customerId: 'c1', status: 'confirmed', saga: 'ended',
        lines: [{ productId: 'p1', quantity: 2, unitPrice: { amount: 500, currency: 'EUR' } }, { productId: 'p2', quantity: 1, unitPrice: { amount: 205, currency: 'EUR' } }],
        total: { amount: 1205, currency: 'EUR' }, placedAt: BEGAN, settledAt: BEGAN + 8, version: 2, updatedAt: BEGAN + 13,
      });
      expect(await model.order('o2')).toMatchObject({ status: 'cancelled', reason: 'payment-declined', detail: 'Try another card.', saga: 'ended', version: 2 });
      expect(await model.order('o3')).toBeUndefined();
    });

    test('an order shows once it is placed, though its saga be known before', async () => {
      const [placed, started] = new Story().order('o1', 'c1', 'placed').told as [Told, Told];
      await apply([started], { topic: topics.orders, partition: 1, from: undefined, next: 1 });
      expect(await model.order('o1')).toBeUndefined();
      expect(await model.list({}, undefined, 10)).toEqual({ orders: [] });
      await apply([placed], { topic: topics.orders, partition: 2, from: undefined, next: 1 });
      expect(await model.order('o1')).toMatchObject({ status: 'placed', saga: 'reserving-credit', version: 1, updatedAt: BEGAN + 1 });
    });

    test('counts orders by status and sagas by state', async () => {
      const story = new Story().order('o1', 'c1', 'confirmed').order('o2', 'c1', 'declined').order('o3', 'c2', 'placed').order('o4', 'c2', 'parked');
      await foldAll(model, story.told);
      expect(await model.counts()).toEqual({
        orders: { placed: 1, confirmed: 1, cancelled: 2 },
        sagas: {
          'reserving-credit': 1, 'reserving-stock': 0, 'taking-payment': 0, 'completing': 0, 'compensating': 0, 'compensation-failed': 1, 'ended': 2,
        },
      });
    });

    test('keeps every event of an order once, from all of its streams', async () => {
      const { told } = new Story().order('o1', 'c1', 'confirmed').noise();
      await foldAll(model, told);
      const trail = timeline(await model.audit('o1'), { orderId: 'o1', customerId: 'c1' });
      expect(trail.map(({ id }) => id)).toEqual(told.slice(0, -3).map(({ envelope }) => envelope.id));
      expect(await model.audit('o2')).toEqual([]);
    });

    test('an event whose place is held has no effect, in whatever company it comes', async () => {
      const { told } = new Story().order('o1', 'c1', 'declined').order('o2', 'c1', 'confirmed');
      await foldAll(model, told);
      const before = await seen(model);
      for (const topic of Object.values(topics)) {
        const again = told.filter((each) => each.topic === topic);
        const next = await model.position(topic, 0);
        await apply([...again.slice(3), ...again], { topic, partition: 0, from: next, next: (next ?? 0) + 1 });
      }
      expect(await seen(model)).toEqual(before);
    });

    test('a consumer that was overtaken changes nothing and does not move the position back', async () => {
      const { told } = new Story().order('o1', 'c1', 'placed').order('o2', 'c1', 'placed');
      const [first, , second] = told as [Told, Told, Told];
      expect(await model.position(topics.orders, 0)).toBeUndefined();
      await apply([first], { topic: topics.orders, partition: 0, from: undefined, next: 5 });
      for (const from of [undefined, 4, 6]) {
        const late = apply([second], { topic: topics.orders, partition: 0, from, next: 9 });
        await expect(late).rejects.toMatchObject({ code: 'position-moved', canRetry: true });
      }
      expect(await model.position(topics.orders, 0)).toBe(5);
      expect(await model.order('o2')).toBeUndefined();
      expect(await model.audit('o2')).toEqual([]);
      expect((await model.counts()).orders.placed).toBe(1);
    });

    test('of consumers that apply at the same time, one wins, and the others change nothing', async () => {
      const { told } = new Story().order('o1', 'c1', 'placed').order('o2', 'c1', 'placed').order('o3', 'c1', 'placed');
      const placed = told.filter((_, n) => n % 2 === 0);
      const models = [model, await under.other(), await under.other()];
      const results = await Promise.allSettled(models.map((each, n) =>
        each.apply(fold(occurrences(placed.slice(n, n + 1).map(({ envelope }) => envelope)), new Map()), { topic: topics.orders, partition: 0, from: undefined, next: n + 1 })));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const result of results) if (result.status === 'rejected') expect(readModelErrors.is(result.reason, 'position-moved')).toBe(true);
      expect((await model.list({}, undefined, 10)).orders).toHaveLength(1);
      expect(await model.position(topics.orders, 0)).toBe(results.findIndex(({ status }) => status === 'fulfilled') + 1);
    });

    test('batches of several partitions that share orders go in side by side', async () => {
      const story = new Story();
      const ids = Array.from({ length: 40 }, (_, n) => `o${n}`);
      for (const id of ids) story.order(id, 'c1', 'confirmed');
      const parts = ['order-', 'saga-', 'customer-', 'reservation-', 'payment-'].map((prefix) => story.told.filter(({ envelope }) => envelope.subject.startsWith(prefix)));
      await Promise.all(parts.map(async (told, partition) => {
        const projector = new Projector(model, nothing);
        const all = records(told[0]?.topic ?? '', (partition % 2 ? told.toReversed().sort((a, b) => (a.envelope.streamversion ?? 0) - (b.envelope.streamversion ?? 0)) : told).map(({ envelope }) => envelope), { partition });
        for (let from = 0; from < all.length; from += 50) await projector.project(all.slice(from, from + 50));
      }));
      const { orders, trails } = await seen(model);
      expect(orders.map(({ status, saga, version }) => [status, saga, version])).toEqual(ids.map(() => ['confirmed', 'ended', 2]));
      expect(new Set(trails.map(({ length }) => length))).toEqual(new Set([14]));
    });

    test('positions say how far each partition is folded', async () => {
      await apply([], { topic: 'b', partition: 1, from: undefined, next: 7 });
      await apply([], { topic: 'b', partition: 0, from: undefined, next: 3 });
      await apply([], { topic: 'a', partition: 2, from: undefined, next: 1 });
      await apply([], { topic: 'b', partition: 0, from: 3, next: 4 });
      expect(await model.positions()).toEqual([
        { topic: 'a', partition: 2, next: 1 }, { topic: 'b', partition: 0, next: 4 }, { topic: 'b', partition: 1, next: 7 },
      ]);
    });

    describe('lists', () => {
      const everything = async (filter: OrderFilter, limit: number, between: () => Promise<void> = () => Promise.resolve()): Promise<string[]> => {
        const found: string[] = [];
        for (let cursor: Cursor | undefined, more = true; more;) {
          const { orders, next } = await model.list(filter, cursor, limit);
          expect(orders.length).toBeLessThanOrEqual(limit);
          found.push(...orders.map(({ orderId }) => orderId));
          [cursor, more] = [next, next !== undefined];
          await between();
        }
        return found;
      };

      test('orders newest first, in pages that neither repeat nor leave out', async () => {
        const story = new Story();
        for (const n of [1, 2, 3, 4, 5]) story.order(`o${n}`, `c${n % 2}`, n < 4 ? 'confirmed' : 'placed');
        await foldAll(model, story.told);
        for (const limit of [1, 2, 4, 5, 6]) expect(await everything({}, limit)).toEqual(['o5', 'o4', 'o3', 'o2', 'o1']);
        expect(await everything({ customerId: 'c1' }, 2)).toEqual(['o5', 'o3', 'o1']);
        expect(await everything({ status: 'placed' }, 1)).toEqual(['o5', 'o4']);
        expect(await everything({ customerId: 'c0', status: 'confirmed' }, 1)).toEqual(['o2']);
        expect(await everything({ customerId: 'nobody' }, 1)).toEqual([]);
      });

      test('orders placed after and before an instant, both exclusive', async () => {
        const { told } = new Story().order('o1', 'c1', 'placed').order('o2', 'c1', 'placed').order('o3', 'c1', 'placed');
        await foldAll(model, told);
        expect(await everything({ placedAfter: BEGAN, placedBefore: BEGAN + 4 }, 10)).toEqual(['o2']);
        expect(await everything({ placedAfter: BEGAN - 1 }, 10)).toEqual(['o3', 'o2', 'o1']);
      });

      test('orders placed in the same millisecond, each once', async () => {
        const { told } = new Story().order('b', 'c1', 'placed').order('a', 'c1', 'placed').order('d', 'c1', 'placed').order('c', 'c1', 'placed');
        for (const { envelope } of told) envelope.time = new Date(BEGAN).toISOString();
        await foldAll(model, told);
        expect(await everything({}, 1)).toEqual(['d', 'c', 'b', 'a']);
      });

      test('pages that stay as they were while orders come in', async () => {
        const story = new Story();
        for (let n = 10; n < 20; n += 1) story.order(`o${n}`, 'c1', 'placed');
        await foldAll(model, story.told);
        const old = story.told.length;
        const projector = new Projector(model, nothing);
        let placed = 20;
        const found = await everything({}, 3, async () => {
          story.order(`o${placed}`, 'c1', 'placed');
          const next = (await model.position(topics.orders, 0)) ?? 0;
          await projector.project(records(topics.orders, ofTopic(topics.orders, story.told.slice(old + 2 * (placed - 20))), { first: next }));
          placed += 1;
        });
        expect(found).toEqual(['o19', 'o18', 'o17', 'o16', 'o15', 'o14', 'o13', 'o12', 'o11', 'o10']);
        expect((await model.list({}, undefined, 1)).orders[0]?.orderId).toBe(`o${placed - 1}`);
      });
    });

    generationsContract(() => under);

    test('answers a ping', async () => {
      await expect(model.ping()).resolves.toBeUndefined();
    });
  });
}
