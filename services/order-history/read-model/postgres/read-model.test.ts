import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { topics } from '@tradewind/events/topology.ts';
import pg from 'pg';
import { testDatabase } from '../../../../test/database.ts';
import { foldAll, readModelContract, seen } from '../../contract/read-model.contract.ts';
import { Story } from '../../contract/story.ts';
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
  await admin.query('truncate live.positions, live.orders, live.audit, live.tally');
  return models as [ReadModel, ReadModel, ReadModel];
}

readModelContract('PostgreSQL', async () => {
  const [model, ...others] = await emptied();
  return { model, other: () => Promise.resolve(others.pop() as ReadModel), close: () => Promise.resolve() };
});

test('processes that start at once on an empty database all find their tables', async () => {
  await Promise.all(models.map((model) => model.counts()));
  const { rows } = await admin.query('select name from read_model_migrations');
  expect(rows).toEqual([{ name: '001_read-model' }]);
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

test('what a rebuild that died left behind is cleared by the next', async () => {
  const [model, other] = await emptied();
  await foldAll(model, new Story().order('o1', 'c1', 'confirmed').told);
  await foldAll(await model.beginGeneration(), new Story().order('o2', 'c1', 'placed').told);
  await expect(other.beginGeneration()).rejects.toMatchObject({ code: 'rebuild-running' });
  await admin.query(`select pg_terminate_backend(pid, 10000) from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`);
  const fresh = await other.beginGeneration();
  await foldAll(fresh, new Story().order('o1', 'c1', 'confirmed').order('o3', 'c1', 'confirmed').told);
  expect(await fresh.publish()).toBe(true);
  expect((await seen(model)).orders.map(({ orderId }) => orderId)).toEqual(['o3', 'o1']);
  const { rows } = await admin.query(`select nspname from pg_namespace where nspname in ('live', 'next', 'retired')`);
  expect(rows).toEqual([{ nspname: 'live' }]);
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
  for (let round = 0; round < 5; round += 1) {
    const fresh = await model.beginGeneration();
    await foldAll(fresh, story.told);
    expect(await fresh.publish()).toBe(true);
  }
  switching = false;
  expect(await reading).toBeGreaterThan(5);
});
