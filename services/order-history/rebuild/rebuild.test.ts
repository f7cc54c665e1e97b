import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { topics } from '@tradewind/events/topology.ts';
import { memoryLog } from '@tradewind/log/memory/log.ts';
import type { Log } from '@tradewind/log/port.ts';
import { testDatabase } from '../../../test/database.ts';
import { VirtualClock } from '../../../test/virtual-clock.ts';
import { foldAll, seen } from '../contract/fold-all.ts';
import { Story, type Told } from '../contract/story.ts';
import { memoryReadModel } from '../read-model/memory/read-model.ts';
import type { ReadModel } from '../read-model/port.ts';
import { openPostgresReadModel } from '../read-model/postgres/read-model.ts';
import { followLog, type CatchUpOptions } from './catch-up.ts';
import { rebuild } from './rebuild.ts';
import { begun, type RebuildState, type Wish } from './state.ts';

const clock = new VirtualClock();
let log: Log;
const publish = (told: Told[]) => told.reduce<Promise<unknown>>((before, { topic, envelope }) =>
  before.then(() => log.publish(topic, [{ key: envelope.partitionkey, envelope }])), Promise.resolve());

beforeEach(async () => {
  log = memoryLog({ clock });
  await log.ensureTopics(Object.values(topics).map((name) => ({ name, partitions: 3 })));
});
afterEach(() => log.close());

function orders(count: number, prefix = 'o'): Told[] {
  const story = new Story();
  for (let n = 0; n < count; n += 1) story.order(`${prefix}${n}`, `c${n % 3}`, (['confirmed', 'cancelled', 'declined', 'placed', 'parked'] as const)[n % 5] ?? 'placed');
  return story.told;
}

/** What a process does that is asked for it. */
async function rebuilt({ generations }: ReadModel, { from: source = log, wish = {}, ...options }: Omit<CatchUpOptions, 'onProgress'> & { from?: Log; wish?: Wish } = {}): Promise<RebuildState> {
  const { revision, state } = await generations.kept();
  const there = (await generations.list()).map(({ name }) => name);
  await generations.keep(begun(state, wish, { candidate: there.includes('candidate'), retired: there.includes('retired') }, clock.now()), revision);
  const site = await generations.claim();
  if (!site) throw new Error('somebody else builds');
  return rebuild({ generations, site, log: source, clock }, options).finally(async () => {
    await site.release();
    await stopped(generations);
  });
}

/** As if it had failed: another may be asked for. */
async function stopped(generations: ReadModel['generations']): Promise<void> {
  const { revision, state } = await generations.kept();
  if (state.state === 'running') await generations.keep({ ...state, state: 'failed' }, revision);
}

async function readModels(use: (model: ReadModel) => Promise<void>): Promise<void> {
  const database = await testDatabase();
  const postgres = await openPostgresReadModel({ url: database.url });
  for (const model of [memoryReadModel(), postgres]) await use(model);
  await postgres.close();
  await database.drop();
}

test('what is rebuilt equals what was folded live, in memory and in PostgreSQL', async () => {
  const told = orders(40);
  await publish(told);
  await publish(told.slice(0, 100));
  const plain = memoryReadModel();
  await foldAll(plain, told);
  await readModels(async (model) => {
    await followLog(model, log, { batch: 11 });
    const live = await seen(model);
    expect(live).toEqual(await seen(plain));
    const records = told.length + 100;
    expect(await rebuilt(model, { batch: 37 })).toMatchObject({
      state: 'done', records, total: records, comparison: { equal: true, differing: 0, live: { entries: told.length, counts: live.counts } },
    });
    expect(await seen(model)).toEqual(live);
    expect(await model.positions()).toHaveLength(12);
  });
});

test('one that differs is not switched to until that is accepted, and there is a way back', async () => {
  const told = orders(5);
  await publish(told);
  const late: string[] = [];
  await readModels(async (model) => {
    await followLog(model, log);
    const { generations } = model;
    const { differing } = await spoilt(model);
    const before = await seen(model);
    const refused = await rebuilt(model);
    expect(refused).toMatchObject({ state: 'differs', error: { code: 'rebuild-differs' }, comparison: { equal: false, differing: differing.length, examples: differing } });
    expect((await generations.kept()).state).toEqual(refused);
    expect(await seen(model)).toEqual(before);
    expect(await rebuilt(model, { from: unreadable })).toMatchObject({ state: 'differs' });
    expect(await rebuilt(model, { from: unreadable, wish: { acceptDifferences: true } })).toMatchObject({ state: 'done', comparison: { equal: false } });
    expect((await seen(model)).orders.map(({ orderId }) => orderId)).toEqual(['o4', 'o3', 'o2', 'o1', 'o0', ...late]);
    late.push('late');
    await publish(new Story().order('late', 'c1', 'confirmed').told);
    await followLog(model, log);
    expect(await rebuilt(model, { wish: { from: 'retired' } })).toMatchObject({ state: 'differs' });
    expect(await rebuilt(model, { wish: { acceptDifferences: true } })).toMatchObject({ state: 'done', comparison: { examples: differing } });
    expect((await seen(model)).orders.map(({ orderId }) => orderId)).toEqual([...new Set([...before.orders.map(({ orderId }) => orderId), 'late'])]);
  });
});

/** Nothing of the log needs to be read by what stands where it is to stand. */
const unreadable: Log = { ...({} as Log), read: () => Promise.reject(new Error('read again')), ends: () => Promise.reject(new Error('asked again')) };

/** The live generation lacks what the log says of two of its orders. */
async function spoilt(model: ReadModel): Promise<{ differing: string[] }> {
  const differing = ['o1', 'o3'];
  const lacking: Log = {
    ...log, read: async (...where) => (await log.read(...where)).map((record) => differing.includes(record.key)
      ? { ...record, envelope: { ...record.envelope, type: 'tradewind.unheard.of.v1' } } : record),
  };
  await rebuilt(model, { from: lacking, wish: { from: 'scratch', acceptDifferences: true } });
  await model.generations.dropRetired();
  return { differing };
}

describe('one that is interrupted goes on where it stood', () => {
  test.each([1, 4, 9])('after %i reads', async (reads) => {
    const told = orders(60);
    await publish(told);
    await readModels(async (model) => {
      await followLog(model, log);
      const live = await seen(model);
      const first = counting(log, reads);
      await expect(rebuilt(model, { from: first, batch: 20, width: 1 })).rejects.toThrow('gone');
      expect(await seen(model)).toEqual(live);
      const second = counting(log);
      expect(await rebuilt(model, { from: second, batch: 20, width: 1 })).toMatchObject({ state: 'done', records: told.length, comparison: { equal: true } });
      expect(await seen(model)).toEqual(live);
      // A batch that was read in vain is read again, nothing else is.
      expect(first.given + second.given).toBeLessThanOrEqual(told.length + 2 * 20);
    });
  });

  test('from the beginning if that is asked for', async () => {
    const told = orders(30);
    await publish(told);
    const model = memoryReadModel();
    await followLog(model, log);
    await expect(rebuilt(model, { from: counting(log, 5), batch: 20 })).rejects.toThrow('gone');
    const anew = counting(log);
    expect(await rebuilt(model, { from: anew, wish: { from: 'scratch' } })).toMatchObject({ state: 'done' });
    expect(anew.given).toBe(told.length);
  });
});

/** A log that is gone after so many reads, and counts the records that it gave. */
function counting(inner: Log, reads = Infinity): Log & { given: number } {
  let left = reads;
  const outer = {
    ...inner, given: 0,
    read: async (...where: Parameters<Log['read']>) => {
      if (left <= 0) throw new Error('gone');
      left -= 1;
      const records = await inner.read(...where);
      outer.given += records.length;
      return records;
    },
  };
  return outer;
}

test('readers see one whole generation or the other, and nothing that consumers fold meanwhile is lost', async () => {
  const told = orders(200);
  await publish(told.slice(0, 1_000));
  await readModels(async (model) => {
    const plain = memoryReadModel();
    await followLog(model, log);
    const beside = { reads: 0, over: false, more: 1_000 };
    const all = (await model.list({}, undefined, 1_000)).orders.map(({ orderId }) => orderId);
    const reading = (async () => {
      while (!beside.over) {
        const shown = (await model.list({}, undefined, 1_000)).orders;
        expect(shown.slice(-all.length).map(({ orderId }) => orderId)).toEqual(all);
        const { orders: counts } = await model.counts();
        expect(counts.placed + counts.confirmed + counts.cancelled).toBeGreaterThanOrEqual(shown.length);
        const one = shown[beside.reads % shown.length];
        const again = one && await model.order(one.orderId);
        expect(again?.version).toBeGreaterThanOrEqual(one?.version ?? 0);
        beside.reads += 1;
      }
    })();
    const writing = (async () => {
      while (!beside.over) {
        if (beside.more < told.length) await publish(told.slice(beside.more, beside.more += 20));
        await followLog(model, log);
        await new Promise((resolve) => { setImmediate(resolve); });
      }
    })();
    for (let round = 0; round < 4; round += 1) expect(await rebuilt(model, { batch: 50, wish: { from: 'scratch' } })).toMatchObject({ state: 'done', comparison: { equal: true } });
    beside.over = true;
    await Promise.all([reading, writing]);
    expect(beside.reads).toBeGreaterThan(5);
    await followLog(model, log);
    await followLog(plain, log);
    expect(await seen(model)).toEqual(await seen(plain));
  });
}, 30_000);

test('a rebuild that fails or is ended leaves what was live, and another can begin', async () => {
  const told = orders(10);
  await publish(told);
  const model = memoryReadModel();
  await followLog(model, log);
  const live = await seen(model);
  await expect(rebuilt(model, { from: counting(log, 0) })).rejects.toThrow('gone');
  await expect(rebuilt(model, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  expect(await seen(model)).toEqual(live);
  await rebuilt(model);
  expect(await seen(model)).toEqual(live);
});

test('a log that ends before where the model stands is no ground for a rebuild', async () => {
  await publish(orders(3));
  const model = memoryReadModel();
  await foldAll(model, orders(30));
  await expect(rebuilt(model)).rejects.toMatchObject({ code: 'log-too-short', canRetry: false });
  expect((await model.counts()).orders.placed).toBeGreaterThan(3);
});

test('a log that no longer has its beginning makes another model, which is not switched to', async () => {
  const told = orders(20);
  await publish(told);
  const model = memoryReadModel();
  await followLog(model, log);
  const cut: Log = {
    ...log,
    ends: async (topic) => (await log.ends(topic)).map((end) => ({ ...end, first: topic === topics.payments ? end.next : Math.min(3, end.next) })),
    read: (topic, partition, from, limit) => topic === topics.payments ? Promise.resolve([]) : log.read(topic, partition, Math.max(from, 3), limit),
  };
  expect(await rebuilt(model, { from: cut })).toMatchObject({ state: 'differs', records: told.length });
  expect((await model.generations.list()).map(({ records }) => records)).toEqual([told.length, told.length]);
});
