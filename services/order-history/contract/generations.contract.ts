import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { topics } from '@tradewind/events/topology.ts';
import { fold } from '../domain/fold.ts';
import { Projector } from '../messaging/projector.ts';
import type { Comparison } from '../read-model/comparison.ts';
import type { Generations, Site } from '../read-model/generations.ts';
import type { ReadModel } from '../read-model/port.ts';
import type { Projection } from '../read-model/projection.ts';
import { never, type Origin, type RebuildState } from '../rebuild/state.ts';
import { foldAll, seen } from './fold-all.ts';
import { ofTopic, records, Story, type Told } from './story.ts';

const nobody = { read: () => Promise.resolve([]) };
const noMore = (): Promise<void> => Promise.resolve();
const ends = (state: RebuildState['state']) => (is: RebuildState, comparison: Comparison): RebuildState => ({ ...is, state, comparison });

/** What the generations of every read model keep to. */
export function generationsContract(under: () => { model: ReadModel; other(): Promise<ReadModel> }): void {
  describe('a generation beside the live one', () => {
    let model: ReadModel;
    let generations: Generations;
    let open: Site[];
    beforeEach(() => {
      ({ model } = under());
      ({ generations } = model);
      open = [];
    });
    afterEach(() => Promise.all(open.map((site) => site.release())));

    const asked = async (from: Origin): Promise<void> => {
      const { revision } = await generations.kept();
      expect(await generations.keep({ ...never, state: 'running', from }, revision)).toBe(true);
    };
    const claimed = async (by = generations): Promise<Site> => {
      const site = await by.claim();
      if (!site) throw new Error('somebody else builds');
      open.push(site);
      return site;
    };
    const begun = async (from: Origin = 'candidate'): Promise<Site> => {
      await asked(from);
      const site = await claimed();
      await site.prepare();
      return site;
    };
    const names = async () => (await generations.list()).map(({ name }) => name);
    /** Where the events are, and nothing of what they say. */
    const spoil = async (told: Told[], projection: Projection = model): Promise<void> => {
      for (const topic of Object.values(topics)) await projection.apply(fold([], new Map()), { topic, partition: 0, from: undefined, next: ofTopic(topic, told).length });
    };

    test('shows only once it is switched to, and then wholly; the other one is kept', async () => {
      const { told } = new Story().order('o1', 'c1', 'confirmed').order('o2', 'c1', 'declined');
      await spoil(told);
      const site = await begun();
      await foldAll(site, told);
      await site.compare();
      expect(await model.order('o1')).toBeUndefined();
      expect(await names()).toEqual(['live', 'candidate']);
      expect(await site.switchOver(noMore, ends('done'))).toMatchObject({ state: 'done', comparison: { equal: false, differing: 2, examples: ['o1', 'o2'] } });
      expect((await model.list({}, undefined, 10)).orders).toHaveLength(2);
      const other = await under().other();
      expect(await seen(other)).toEqual(await seen(model));
      expect(await generations.list()).toEqual([{ name: 'live', orders: 2, records: told.length }, { name: 'retired', orders: 0, records: told.length }]);
      expect((await other.generations.kept()).state).toMatchObject({ state: 'done', comparison: { differing: 2 } });
      await expect(model.apply(fold([], new Map()), { topic: topics.orders, partition: 0, from: undefined, next: 1 })).rejects.toMatchObject({ code: 'position-moved' });
    });

    test('is equal whatever batches it was folded in, and is summed up the same', async () => {
      const { told } = new Story().order('o1', 'c1', 'confirmed').order('o2', 'c1', 'declined').order('ö3', 'c1', 'parked').noise();
      await foldAll(model, told);
      const site = await begun();
      const projector = new Projector(site, nobody);
      for (const topic of Object.values(topics).reverse())
        for (const record of records(topic, ofTopic(topic, told))) await projector.project([record]);
      await site.compare();
      const ended = await site.switchOver(noMore, ends('done'));
      expect(ended?.comparison).toMatchObject({ equal: true, differing: 0, examples: [], live: { entries: told.length - 3, counts: await model.counts() } });
      expect(ended?.comparison?.candidate).toEqual(ended?.comparison?.live);
      expect(ended?.comparison?.live.digest).toMatch(/^[0-9a-f]{16}$/);
    });

    test.each([
      ['lacks an order', (told: Told[]) => told.filter(({ envelope }) => envelope.partitionkey !== 'o2'), ['o2']],
      ['has one entry less in a trail', (told: Told[]) => told.filter(({ envelope }) => envelope.type !== 'tradewind.payment.taken.v1'), ['o1']],
      ['says something else', (told: Told[]) => told.map((each) => ({ ...each, envelope: { ...each.envelope, time: '2026-02-01T00:00:00.000Z' } })), ['o1', 'o2']],
      ['has an order more', (told: Told[]) => [...told, ...new Story().order('o3', 'c1', 'placed').told], ['o3']],
    ])('that %s is told by its orders, and stays what it is', async (_, spoilt, examples) => {
      const { told } = new Story().order('o1', 'c1', 'confirmed').order('o2', 'c2', 'cancelled');
      const other = spoilt(told);
      await foldAll(model, told);
      const site = await begun();
      await foldAll(site, other);
      for (const topic of Object.values(topics)) {
        for (const projection of [site, model]) {
          const from = await projection.position(topic, 0);
          if (from !== 50) await projection.apply(fold([], new Map()), { topic, partition: 0, from, next: 50 });
        }
      }
      await site.compare();
      const before = await seen(model);
      const ended = await site.switchOver(noMore, ends('differs'));
      expect(ended).toMatchObject({ state: 'differs', comparison: { equal: false, differing: examples.length, examples } });
      expect(ended?.comparison?.candidate.digest).not.toBe(ended?.comparison?.live.digest);
      expect(await seen(model)).toEqual(before);
      expect(await names()).toEqual(['live', 'candidate']);
      await site.release();
      const again = await begun();
      expect((await again.positions()).candidate).toEqual((await again.positions()).live);
      await again.compare();
      expect((await again.switchOver(noMore, ends('done')))?.comparison).toEqual(ended?.comparison);
      expect(await seen(model)).not.toEqual(before);
    });

    test('is compared as it is at the switch, not as it was before', async () => {
      const story = new Story().order('o1', 'c1', 'confirmed').order('o2', 'c1', 'placed');
      await foldAll(model, story.told);
      const site = await begun();
      await foldAll(site, story.told);
      await site.compare();
      const next = story.told.length;
      story.order('o3', 'c2', 'declined').order('o4', 'c3', 'placed');
      const more = async (projection: Projection, told: Told[]) => {
        for (const topic of Object.values(topics)) {
          const first = await projection.position(topic, 0) ?? 0;
          await new Projector(projection, nobody).project(records(topic, ofTopic(topic, told), { first }));
        }
      };
      await more(model, story.told.slice(next));
      await site.compare();
      const ended = await site.switchOver(async () => more(site, story.told.slice(next)), ends('done'));
      expect(ended?.comparison).toMatchObject({ equal: true, differing: 0, live: { entries: story.told.length } });
    });

    test('is not switched to while the live one is further; it is told how far', async () => {
      const { told } = new Story().order('o1', 'c1', 'confirmed');
      await foldAll(model, told);
      const site = await begun();
      await foldAll(site, told.filter(({ topic }) => topic !== topics.payments));
      await site.compare();
      expect(await site.switchOver(noMore, ends('done'))).toBeUndefined();
      const ended = await site.switchOver(async (live) => {
        expect(live).toEqual(await model.positions());
        const payments = told.filter(({ topic }) => topic === topics.payments);
        if (await site.position(topics.payments, 0) === undefined) await new Projector(site, nobody).project(records(topics.payments, payments.map(({ envelope }) => envelope)));
      }, ends('done'));
      expect(ended).toMatchObject({ state: 'done', comparison: { equal: true } });
    });

    test('is built by one at a time, and gone on with by the next, where it stands', async () => {
      const { told } = new Story().order('o1', 'c1', 'confirmed');
      await foldAll(model, told);
      const site = await begun();
      const other = await under().other();
      expect(await other.generations.claim()).toBeUndefined();
      expect(await generations.claim()).toBeUndefined();
      await foldAll(site, told.filter(({ topic }) => topic === topics.orders));
      await site.release();
      const next = await claimed(other.generations);
      await next.prepare();
      expect((await next.positions()).candidate).toEqual([{ topic: topics.orders, partition: 0, next: ofTopic(topics.orders, told).length }]);
      await foldAll(next, told.filter(({ topic }) => topic !== topics.orders));
      await next.compare();
      expect(await next.switchOver(noMore, ends('done'))).toMatchObject({ comparison: { equal: true } });
    });

    test('is changed by nobody who has lost the right to', async () => {
      const { told } = new Story().order('o1', 'c1', 'confirmed');
      const site = await begun();
      await site.release();
      await expect(foldAll(site, told)).rejects.toMatchObject({ code: 'store-unavailable', canRetry: true });
      await expect(site.switchOver(noMore, ends('done'))).rejects.toMatchObject({ code: 'store-unavailable' });
      await expect(site.discard((is) => is)).rejects.toMatchObject({ code: 'store-unavailable' });
    });

    test('begins anew when that is asked for, once', async () => {
      const site = await begun();
      await foldAll(site, new Story().order('o1', 'c1', 'confirmed').told);
      await site.release();
      const anew = await begun('scratch');
      expect((await anew.positions()).candidate).toEqual([]);
      await foldAll(anew, new Story().order('o2', 'c1', 'confirmed').told);
      await anew.prepare();
      expect((await anew.positions()).candidate).toHaveLength(4);
    });

    test('may be the one that was read before', async () => {
      const { told } = new Story().order('o1', 'c1', 'confirmed');
      await spoil(told);
      const site = await begun();
      await foldAll(site, told);
      await site.compare();
      await site.switchOver(noMore, ends('done'));
      await site.release();
      const back = await begun('retired');
      expect(await names()).toEqual(['live', 'candidate']);
      expect((await generations.kept()).state).toMatchObject({ state: 'running', from: 'candidate' });
      await back.compare();
      await back.switchOver(noMore, ends('done'));
      expect(await model.order('o1')).toBeUndefined();
      expect(await names()).toEqual(['live', 'retired']);
      await back.release();
      await generations.dropRetired();
      await generations.dropRetired();
      expect(await names()).toEqual(['live']);
      await asked('retired');
      const none = await claimed();
      await expect(none.prepare()).rejects.toMatchObject({ code: 'nothing-retired', canRetry: false });
    });

    test('leaves nothing behind when it is discarded', async () => {
      const site = await begun();
      await foldAll(site, new Story().order('o1', 'c1', 'confirmed').told);
      await site.discard((is) => ({ ...is, state: 'discarded' }));
      expect(await names()).toEqual(['live']);
      expect((await generations.kept()).state).toMatchObject({ state: 'discarded' });
      await site.prepare();
      expect((await site.positions()).candidate).toEqual([]);
    });

    test('what is kept of its building is changed by one at a time', async () => {
      const { revision } = await generations.kept();
      const both = await Promise.all([1, 2].map((records) => generations.keep({ ...never, records }, revision)));
      expect(both.filter(Boolean)).toHaveLength(1);
      expect((await generations.kept()).state).toMatchObject({ records: both[0] ? 1 : 2 });
    });
  });
}
