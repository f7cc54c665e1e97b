import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { topics } from '@tradewind/events/topology.ts';
import { memoryLog } from '@tradewind/log/memory/log.ts';
import type { Log } from '@tradewind/log/port.ts';
import { VirtualClock } from '../../test/virtual-clock.ts';
import { testDatabase } from '../../test/database.ts';
import { foldAll, seen } from './contract/read-model.contract.ts';
import { Story, type Told } from './contract/story.ts';
import { Projector } from './messaging/projector.ts';
import { memoryReadModel } from './read-model/memory/read-model.ts';
import type { ReadModel } from './read-model/port.ts';
import { openPostgresReadModel } from './read-model/postgres/read-model.ts';
import { rebuild } from './rebuild.ts';

let log: Log;
const publish = (told: Told[]) => told.reduce<Promise<unknown>>((before, { topic, envelope }) =>
  before.then(() => log.publish(topic, [{ key: envelope.partitionkey, envelope }])), Promise.resolve());

beforeEach(async () => {
  log = memoryLog({ clock: new VirtualClock() });
  await log.ensureTopics(Object.values(topics).map((name) => ({ name, partitions: 3 })));
});
afterEach(() => log.close());

/** Takes the model to the end of the log, as its consumers do. */
async function follow(model: ReadModel): Promise<void> {
  const projector = new Projector(model, log);
  for (const topic of Object.values(topics))
    for (const { partition, next } of await log.ends(topic))
      for (let from = (await model.position(topic, partition)) ?? 0; from < next; from += 11)
        await projector.project(await log.read(topic, partition, from, 11));
}

function orders(count: number, prefix = 'o'): Told[] {
  const story = new Story();
  for (let n = 0; n < count; n += 1) story.order(`${prefix}${n}`, `c${n % 3}`, (['confirmed', 'cancelled', 'declined', 'placed', 'parked'] as const)[n % 5] ?? 'placed');
  return story.told;
}

test('what is rebuilt equals what was folded live, in memory and in PostgreSQL', async () => {
  const told = orders(40);
  await publish(told);
  await publish(told.slice(0, 100));
  const plain = memoryReadModel();
  await foldAll(plain, told);
  const database = await testDatabase();
  const postgres = await openPostgresReadModel({ url: database.url });
  for (const model of [memoryReadModel(), postgres]) {
    await follow(model);
    const live = await seen(model);
    expect(live).toEqual(await seen(plain));
    expect(await rebuild(model, log, { batch: 37 })).toBe(told.length + 100);
    expect(await seen(model)).toEqual(live);
    expect(await model.positions()).toHaveLength(12);
  }
  await postgres.close();
  await database.drop();
});

test('whatever a live model was spoilt with is gone once it is rebuilt', async () => {
  const told = orders(5);
  await publish(told);
  const model = memoryReadModel();
  await foldAll(model, orders(2, 'spoilt').slice(0, 3));
  await rebuild(model, log);
  expect((await seen(model)).orders.map(({ orderId }) => orderId)).toEqual(['o4', 'o3', 'o2', 'o1', 'o0']);
});

test('consumers go on during a rebuild, and nothing that they folded is lost', async () => {
  const told = orders(60);
  await publish(told.slice(0, 300));
  const model = memoryReadModel();
  await follow(model);
  let more = 300;
  let writing = Promise.resolve();
  const writeOn = async () => {
    await publish(told.slice(more, more += 20));
    await follow(model);
  };
  await rebuild(model, { ...log, read: (...where) => (writing = writing.then(writeOn)).then(() => log.read(...where)) }, { batch: 50, width: 3 });
  expect(more).toBeGreaterThanOrEqual(told.length);
  await follow(model);
  const plain = memoryReadModel();
  await foldAll(plain, told);
  expect(await seen(model)).toEqual(await seen(plain));
});

test('a rebuild that fails or is ended leaves what was live, and another can begin', async () => {
  const told = orders(10);
  await publish(told);
  const model = memoryReadModel();
  await follow(model);
  const live = await seen(model);
  await expect(rebuild(model, { ...log, read: () => Promise.reject(new Error('gone')) })).rejects.toThrow('gone');
  await expect(rebuild(model, log, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  expect(await seen(model)).toEqual(live);
  await rebuild(model, log);
  expect(await seen(model)).toEqual(live);
});

test('a log that ends before where the model stands is no ground for a rebuild', async () => {
  await publish(orders(3));
  const model = memoryReadModel();
  await foldAll(model, orders(30));
  await expect(rebuild(model, log)).rejects.toMatchObject({ code: 'log-too-short', canRetry: false });
  expect((await model.counts()).orders.placed).toBeGreaterThan(3);
});
