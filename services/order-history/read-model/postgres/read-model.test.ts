import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { topics } from '@tradewind/events/topology.ts';
import pg from 'pg';
import { testDatabase } from '../../../../test/database.ts';
import { foldAll } from '../../contract/fold-all.ts';
import { readModelContract } from '../../contract/read-model.contract.ts';
import { Story, type Told } from '../../contract/story.ts';
import { never, type Origin, type RebuildState } from '../../rebuild/state.ts';
import type { Site } from '../generations.ts';
import type { ReadModel } from '../port.ts';
import { openPostgresReadModel } from './read-model.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let admin: pg.Client;
let models: ReadModel[];
beforeAll(async () => {
  database = await testDatabase();
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  models = await Promise.all([1, 2, 3].map(() => openPostgresReadModel({ url: database.url })));
});
afterAll(async () => {
  await Promise.all(models.map((model) => model.close()));
  await admin.end();
  await database.drop();
});

/** The same database each time, emptied. */
async function emptied(): Promise<[ReadModel, ReadModel, ReadModel]> {
  await admin.query('drop schema if exists next, retired cascade; truncate live.positions, live.orders, live.audit, live.tally');
  await admin.query('update rebuild set state = $1', [JSON.stringify(never)]);
  return models as [ReadModel, ReadModel, ReadModel];
}

readModelContract('PostgreSQL', async () => {
  const [model, ...others] = await emptied();
  return { model, other: () => Promise.resolve(others.pop() as ReadModel), close: () => Promise.resolve() };
});

test('processes that start at once on an empty database all find their tables', async () => {
  await Promise.all(models.map((model) => model.counts()));
  const { rows } = await admin.query('select name from read_model_migrations');
  expect(rows).toEqual([{ name: '001_read-model' }, { name: '002_rebuild' }]);
});

test('a server that cuts its connections is outlived; one that is gone is store-unavailable', async () => {
  const own = await testDatabase();
  const model = await openPostgresReadModel({ url: own.url });
  await foldAll(model, new Story().order('o1', 'c1', 'confirmed').told);
  await admin.query('select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = $1', [new URL(own.url).pathname.slice(1)]);
  await new Promise((resolve) => { setTimeout(resolve, 50); });
  expect(await model.order('o1')).toMatchObject({ status: 'confirmed' });
  await own.drop();
  await expect(model.order('o1')).rejects.toMatchObject({ code: 'store-unavailable', canRetry: true });
  await expect(model.position(topics.orders, 0)).rejects.toMatchObject({ code: 'store-unavailable' });
  await model.close();
});

test('a builder whose connection is cut has lost the right to build; the next goes on where it stood', async () => {
  const [model, other] = await emptied();
  const { told } = new Story().order('o1', 'c1', 'confirmed').order('o3', 'c1', 'confirmed');
  await foldAll(model, told);
  const site = await claimed(model);
  await site.prepare();
  await foldAll(site, told.filter(({ topic }) => topic !== topics.payments));
  expect(await other.generations.claim()).toBeUndefined();
  await admin.query(`select pg_terminate_backend(pid, 10000) from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`);
  const next = await claimed(other);
  await expect(foldAll(site, told.filter(({ topic }) => topic === topics.payments))).rejects.toMatchObject({ code: 'store-unavailable' });
  await site.release();
  await next.prepare();
  await foldAll(next, told.filter(({ topic }) => topic === topics.payments));
  await next.compare();
  expect(await next.switchOver(() => Promise.resolve(), (is) => ({ ...is, state: 'done' }))).toMatchObject({ state: 'done' });
  await next.release();
  const { rows } = await admin.query(`select nspname as name from pg_namespace where nspname in ('live', 'next', 'retired') order by nspname`);
  expect(rows).toEqual([{ name: 'live' }, { name: 'retired' }]);
  const { rows: tables } = await admin.query(`select count(*)::int as count from pg_tables where schemaname in ('live', 'retired') group by schemaname`);
  expect(tables).toEqual([{ count: 4 }, { count: 4 }]);
});

test('the generations have the same indexes, however often they change places', async () => {
  const [model] = await emptied();
  const indexes = async () => (await admin.query(`select indexdef from pg_indexes where schemaname = 'live' order by indexdef`)).rows;
  const before = await indexes();
  for (const from of ['candidate', 'candidate', 'retired'] as const) await switched(model, [], from);
  expect(await indexes()).toEqual(before);
});

test('what is stored otherwise than it was folded shows in the comparison', async () => {
  const [model] = await emptied();
  const { told } = new Story().order('o1', 'c1', 'confirmed').order('o2', 'c1', 'declined').order('o3', 'c1', 'placed');
  await foldAll(model, told);
  await admin.query(`update live.orders set detail = 'scribbled' where order_id = 'o2'`);
  await admin.query(`update live.audit set entries = replace(entries::text, 'EUR', 'USD')::json where order_id = 'o3'`);
  expect((await switched(model, told)).comparison).toMatchObject({ equal: false, differing: 2, examples: ['o2', 'o3'] });
  await admin.query(`update live.tally set count = count + 1 where name = 'order:placed'`);
  expect((await switched(model, told)).comparison).toMatchObject({ equal: false, differing: 0, live: { counts: { orders: { placed: 2 } } }, candidate: { counts: { orders: { placed: 1 } } } });
});

test('readers and consumers that go on during a switch see and write one generation, never a mixture', async () => {
  const [model, other] = await emptied();
  const story = new Story();
  for (let n = 0; n < 30; n += 1) story.order(`o${n}`, 'c1', 'confirmed');
  await foldAll(model, story.told);
  let switching = true;
  const reading = (async () => {
    let reads = 0;
    for (; switching; reads += 1) {
      expect((await other.list({}, undefined, 100)).orders).toHaveLength(30);
      expect((await other.counts()).orders.confirmed).toBe(30);
    }
    return reads;
  })();
  for (let round = 0; round < 5; round += 1) expect((await switched(model, story.told)).comparison).toMatchObject({ equal: true });
  switching = false;
  expect(await reading).toBeGreaterThan(5);
});

async function claimed(model: ReadModel): Promise<Site> {
  const site = await model.generations.claim();
  if (!site) throw new Error('somebody else builds');
  return site;
}

/** Puts a generation of these events in the place of the live one, which stands at the same positions. */
async function switched(model: ReadModel, told: Told[], from: Origin = 'candidate'): Promise<RebuildState> {
  const { revision } = await model.generations.kept();
  await model.generations.keep({ ...never, state: 'running', from }, revision);
  const site = await claimed(model);
  try {
    await site.prepare();
    await foldAll(site, told);
    await site.compare();
    const state = await site.switchOver(() => Promise.resolve(), (is, comparison) => ({ ...is, state: 'done', comparison }));
    if (!state) throw new Error('not switched');
    return state;
  } finally {
    await site.release();
  }
}
