import { expect, test } from '@jest/globals';
import { topics } from '@tradewind/events/topology.ts';
import pg from 'pg';
import { testDatabase } from '../../../../test/database.ts';
import { foldAll, readModelContract, seen } from '../../contract/read-model.contract.ts';
import { Story } from '../../contract/story.ts';
import type { ReadModel } from '../port.ts';
import { openPostgresReadModel } from './read-model.ts';

readModelContract('PostgreSQL', async () => {
  const database = await testDatabase();
  const open = () => openPostgresReadModel({ url: database.url });
  const models: ReadModel[] = [await open()];
  return {
    model: models[0] as ReadModel,
    async other() {
      const model = await open();
      models.push(model);
      return model;
    },
    async close() {
      await Promise.all(models.map((model) => model.close()));
      await database.drop();
    },
  };
});

test('processes that start at once on an empty database both find their tables', async () => {
  const database = await testDatabase();
  const models = await Promise.all([1, 2, 3].map(() => openPostgresReadModel({ url: database.url })));
  await Promise.all(models.map((model) => model.ping()));
  await Promise.all(models.map((model) => model.close()));
  await database.drop();
});

test('a server that cuts its connections is outlived; one that is gone is store-unavailable', async () => {
  const database = await testDatabase();
  const model = await openPostgresReadModel({ url: database.url });
  await foldAll(model, new Story().order('o1', 'c1', 'confirmed').told);
  const admin = new pg.Client({ connectionString: process.env.TRADEWIND_TEST_POSTGRES });
  await admin.connect();
  await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [new URL(database.url).pathname.slice(1)]);
  await admin.end();
  await new Promise((resolve) => { setTimeout(resolve, 50); });
  expect(await model.order('o1')).toMatchObject({ status: 'confirmed' });
  await database.drop();
  await expect(model.order('o1')).rejects.toMatchObject({ code: 'store-unavailable', canRetry: true });
  await expect(model.position(topics.orders, 0)).rejects.toMatchObject({ code: 'store-unavailable' });
  await model.close();
});

test('what a rebuild that died left behind is cleared by the next', async () => {
  const database = await testDatabase();
  const [model, other] = await Promise.all([openPostgresReadModel({ url: database.url }), openPostgresReadModel({ url: database.url })]);
  await foldAll(model, new Story().order('o1', 'c1', 'confirmed').told);
  await foldAll(await model.beginGeneration(), new Story().order('o2', 'c1', 'placed').told);
  await expect(other.beginGeneration()).rejects.toMatchObject({ code: 'rebuild-running' });
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  await admin.query(`select pg_terminate_backend(pid, 10000) from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`);
  const fresh = await other.beginGeneration();
  await foldAll(fresh, new Story().order('o1', 'c1', 'confirmed').order('o3', 'c1', 'confirmed').told);
  expect(await fresh.publish()).toBe(true);
  expect((await seen(model)).orders.map(({ orderId }) => orderId)).toEqual(['o3', 'o1']);
  const { rows } = await admin.query(`select nspname from pg_namespace where nspname in ('live', 'next', 'retired')`);
  expect(rows).toEqual([{ nspname: 'live' }]);
  await admin.end();
  await Promise.all([model.close(), other.close()]);
  await database.drop();
});

test('readers and consumers that go on during a switch see and write one generation, never a mixture', async () => {
  const database = await testDatabase();
  const [model, other] = await Promise.all([openPostgresReadModel({ url: database.url }), openPostgresReadModel({ url: database.url })]);
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
  await Promise.all([model.close(), other.close()]);
  await database.drop();
});
