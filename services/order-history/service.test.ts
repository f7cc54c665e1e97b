import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { handlerOf } from '@tradewind/chassis/http/handler.ts';
import type { Handler } from '@tradewind/chassis/http/raw.ts';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import type { Service } from '@tradewind/chassis/service.ts';
import { messageErrors } from '@tradewind/events/errors.ts';
import { systemLogger } from '@tradewind/chassis/system/logger.ts';
import { memoryLog } from '@tradewind/log/memory/log.ts';
import { memoryParkingLot } from '@tradewind/log/parking/memory/lot.ts';
import type { ParkingLot } from '@tradewind/log/parking/port.ts';
import { logErrors, type Log } from '@tradewind/log/port.ts';
import { Registry } from 'prom-client';
import { VirtualClock } from '../../test/virtual-clock.ts';
import { foldAll, seen } from './contract/fold-all.ts';
import { BEGAN, Story, type Outcome, type Told } from './contract/story.ts';
import { DurableReadModel } from './read-model/memory/generations.ts';
import { memoryReadModel } from './read-model/memory/read-model.ts';
import type { ReadModel } from './read-model/port.ts';
import { followLog } from './rebuild/catch-up.ts';
import { orderHistory } from './service.ts';

let clock: VirtualClock;
let log: Log;
let lot: ParkingLot;
let model: ReadModel;
let metrics: Registry;
let service: Service;
let handler: Handler;

beforeEach(async () => {
  clock = new VirtualClock();
  log = memoryLog({ clock });
  lot = memoryParkingLot({ clock });
  model = memoryReadModel();
  metrics = new Registry();
  const world = { clock, random: seededRandom(1), logger: systemLogger({ level: 'silent' }), metrics };
  service = orderHistory({ log, lot, model }, world);
  handler = handlerOf(service, world);
  await service.start();
});
afterEach(async () => {
  await service.stop();
  await log.close();
});

async function publish(told: Told[]): Promise<void> {
  for (const { topic, envelope } of told) await log.publish(topic, [{ key: envelope.partitionkey, envelope }]);
}

async function ask(path: string, { caller = 'operator:olga', method = 'GET', ...headers }: Record<string, string> = {}) {
  const answer = await handler({ method, path, headers: { 'x-caller': caller, ...headers }, body: Buffer.from('') });
  const text = answer.body.toString();
  return { status: answer.status, headers: answer.headers, text, body: (text.startsWith('{') ? JSON.parse(text) : undefined) as Record<string, unknown> };
}

/** Publishes whole orders and waits until they show. */
async function given(...orders: [string, string, Outcome][]): Promise<void> {
  const story = new Story();
  for (const order of orders) story.order(...order);
  await publish(story.told);
  await settled();
}

function settled(): Promise<void> {
  return clock.until(async () => (await log.lag('order-history')).every(({ committed, next }) => committed === next));
}

const ids = (body: Record<string, unknown>) => (body.items as { orderId: string }[]).map(({ orderId }) => orderId);

test('an order is shown with its version as ETag, to its customer and to operators', async () => {
  await given(['o1', 'c1', 'confirmed']);
  for (const caller of ['operator:olga', 'customer:c1', 'service:gateway'])
    expect(await ask('/orders/o1', { caller })).toMatchObject({
      status: 200, headers: { etag: '"2"' },
      body: { orderId: 'o1', status: 'confirmed', saga: 'ended', version: 2, placedAt: new Date(BEGAN).toISOString(), total: { amount: 1205, currency: 'EUR' } },
    });
});

test("another customer's order is as unknown as one that does not exist", async () => {
  await given(['o1', 'c1', 'confirmed']);
  const [others, nobodys] = [await ask('/orders/o1', { caller: 'customer:c2' }), await ask('/orders/o9', { caller: 'customer:c2' })];
  expect([others.status, nobodys.status]).toEqual([404, 404]);
  expect(others.body).toMatchObject({ code: 'order-unknown', detail: 'There is no order o1.' });
  expect(await ask('/orders/o1/events', { caller: 'customer:c2' })).toMatchObject({ status: 404, body: { code: 'order-unknown' } });
});

test('who asks for a version is answered the moment it is folded', async () => {
  const { told } = new Story().order('o1', 'c1', 'confirmed');
  const began = clock.now();
  clock.after(20, () => void publish(told.slice(0, 2)));
  expect(await ask('/orders/o1?minVersion=1')).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: { status: 'placed' } });
  expect(clock.now()).toBe(began + 20);
  clock.after(30, () => void publish(told.slice(2)));
  expect(await ask('/orders/o1?minVersion=2')).toMatchObject({ status: 200, body: { status: 'confirmed', version: 2 } });
  expect(clock.now()).toBe(began + 50);
  expect(await ask('/orders/o1?minVersion=1')).toMatchObject({ status: 200, body: { version: 2 } });
  expect(clock.now()).toBe(began + 50);
});

test('the audit trail too is waited for, by who just wrote', async () => {
  const began = clock.now();
  clock.after(20, () => void publish(new Story().order('o1', 'c1', 'placed').told));
  const trail = await ask('/orders/o1/events?minVersion=1');
  expect([trail.status, trail.body.items, clock.now()]).toEqual([200, expect.arrayContaining([expect.objectContaining({ event: expect.any(String) })]), began + 20]);
});

test('who asks for a version that another replica folds is answered soon after', async () => {
  const other = orderHistory({ log: memoryLog({ clock }), lot, model }, { clock, random: seededRandom(2), logger: systemLogger({ level: 'silent' }), metrics: new Registry() });
  const asked = handlerOf(other, { clock, random: seededRandom(2), logger: systemLogger({ level: 'silent' }), metrics: new Registry() });
  const began = clock.now();
  clock.after(120, () => void publish(new Story().order('o1', 'c1', 'placed').told));
  const answer = await asked({ method: 'GET', path: '/orders/o1?minVersion=1', headers: { 'x-caller': 'operator:olga' }, body: Buffer.from('') });
  expect(answer.status).toBe(200);
  expect(clock.now() - began).toBeLessThanOrEqual(170);
});

test('a version that does not come within two seconds is read-model-behind, never an older view nor unknown', async () => {
  await given(['o1', 'c1', 'placed']);
  for (const path of ['/orders/o1?minVersion=2', '/orders/o9?minVersion=1', '/orders/o1/events?minVersion=2']) {
    const began = clock.now();
    expect(await ask(path)).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, body: { code: 'read-model-behind' } });
    expect(clock.now()).toBe(began + 2_000);
  }
});

test('nobody waits longer than their caller does', async () => {
  const began = clock.now();
  await ask('/orders/o9?minVersion=1', { 'x-deadline': String(began + 300) });
  expect(clock.now()).toBe(began + 300);
});

test('customers list their own orders, operators all, newest first', async () => {
  await given(['o1', 'c1', 'confirmed'], ['o2', 'c2', 'declined'], ['o3', 'c1', 'placed']);
  expect(ids((await ask('/orders')).body)).toEqual(['o3', 'o2', 'o1']);
  expect(ids((await ask('/orders?customerId=c2')).body)).toEqual(['o2']);
  expect(ids((await ask('/orders?status=confirmed')).body)).toEqual(['o1']);
  expect(ids((await ask('/orders', { caller: 'customer:c1' })).body)).toEqual(['o3', 'o1']);
  expect(ids((await ask('/orders?customerId=c1&status=placed', { caller: 'customer:c1' })).body)).toEqual(['o3']);
  expect(await ask('/orders?customerId=c2', { caller: 'customer:c1' })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  const { items } = (await ask('/orders')).body as { items: { placedAt: string }[] };
  const middle = encodeURIComponent(items[1]?.placedAt ?? '');
  expect(ids((await ask(`/orders?placedAfter=${middle}`)).body)).toEqual(['o3']);
  expect(ids((await ask(`/orders?placedBefore=${middle.replace('Z', encodeURIComponent('+00:00'))}`)).body)).toEqual(['o1']);
});

test('pages follow one another by cursor, and the last has none', async () => {
  await given(['o1', 'c1', 'placed'], ['o2', 'c1', 'placed'], ['o3', 'c1', 'placed']);
  const first = (await ask('/orders?limit=2')).body;
  const second = (await ask(`/orders?limit=2&cursor=${first.nextCursor as string}`)).body;
  expect([ids(first), ids(second), second.nextCursor]).toEqual([['o3', 'o2'], ['o1'], undefined]);
});

test('a cursor that is not one of ours is cursor-invalid', async () => {
  await given(['o1', 'c1', 'placed'], ['o2', 'c1', 'placed']);
  const cursor = (await ask('/orders?limit=1')).body.nextCursor as string;
  const forged = ['x', '%00', 'bzEuMQ', `${cursor}A`, `${cursor}%3D`, cursor.slice(0, -1), Buffer.from('o1.01.o2').toString('base64url'), Buffer.from('o1.1.../etc').toString('base64url')];
  for (const each of ['', ...forged]) {
    const answer = await ask(`/orders?cursor=${each}`);
    expect([each, answer.status, answer.body.code]).toEqual([each, 422, each === '%00' ? 'request-invalid' : 'cursor-invalid']);
  }
});

test('what does not fit the schema is request-invalid', async () => {
  const wrong = ['limit=0', 'limit=101', 'limit=1.5', 'limit=x', 'limit=', 'limit=1&limit=2', 'status=lost', 'placedAfter=yesterday', 'placedAfter=2026-13-01T00:00:00Z', 'customerId=a%20b', 'colour=red'];
  for (const query of wrong) expect([query, (await ask(`/orders?${query}`)).status]).toEqual([query, 422]);
  for (const version of ['0', '-1', '1e309', '2147483648', '1.5', '', 'x'])
    expect([version, (await ask(`/orders/o1?minVersion=${version}`)).status]).toEqual([version, 422]);
  expect((await ask('/orders/a%20b')).status).toBe(422);
});

test('the audit trail is JSON, and a table for people', async () => {
  await given(['o1', 'c1', 'confirmed']);
  const json = await ask('/orders/o1/events', { caller: 'customer:c1' });
  expect(json.body).toMatchObject({ orderId: 'o1', items: expect.arrayContaining([expect.objectContaining({ event: 'PaymentTaken', stream: 'payment-o1', version: 1 })]) });
  expect((json.body.items as unknown[]).length).toBe(14);
  for (const accept of ['text/plain', 'text/*;q=0.9, application/json;q=0.5', 'text/plain;q=1, */*;q=0.1']) {
    const text = await ask('/orders/o1/events', { accept });
    expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(text.text).toContain('Payment of EUR 12.05 taken (charge-1)');
  }
  for (const accept of ['*/*', 'application/json, text/plain', 'text/html, */*;q=0.8'])
    expect((await ask('/orders/o1/events', { accept })).headers['content-type']).toBe('application/json');
  expect(await ask('/orders/o1/events', { accept: 'image/png' })).toMatchObject({ status: 406, body: { code: 'not-acceptable' } });
});

test('events that the log has twice have no second effect, and are counted', async () => {
  const { told } = new Story().order('o1', 'c1', 'declined').noise();
  await publish([...told, ...told]);
  await settled();
  expect((await ask('/orders/o1/events')).body.items).toHaveLength(14);
  expect((await ask('/history/counts')).body).toMatchObject({ orders: { placed: 0, confirmed: 0, cancelled: 1 }, sagas: { ended: 1 } });
  expect(await metrics.getSingleMetricAsString('tradewind_history_duplicates_total')).toContain(' 14');
  expect(await metrics.getSingleMetricAsString('tradewind_history_events_folded_total')).toContain(' 14');
});

test('a restart goes on where the read model is, not where the log believes the group to be', async () => {
  const { told } = new Story().order('o1', 'c1', 'confirmed');
  await publish(told);
  await settled();
  await service.stop();
  const lost = memoryReadModel();
  service = orderHistory({ log, lot, model: lost }, { clock, random: seededRandom(1), logger: systemLogger({ level: 'silent' }), metrics: new Registry() });
  await service.start();
  await clock.until(async () => (await lost.audit('o1')).reduce((sum, { entries }) => sum + entries.length, 0) === 14);
  expect(await lost.order('o1')).toEqual(await model.order('o1'));
});

test('an operator has it rebuilt, and sees how far it is', async () => {
  await given(['o1', 'c1', 'confirmed'], ['o2', 'c1', 'placed']);
  expect(await ask('/history/rebuild')).toMatchObject({ status: 200, body: { state: 'never', records: 0, generations: [{ name: 'live', orders: 2, records: 16 }] } });
  for (const [method, path] of [['POST', '/history/rebuild'], ['GET', '/history/rebuild'], ['DELETE', '/history/rebuild'], ['DELETE', '/history/retired']] as const)
    expect(await ask(path, { method, caller: 'customer:c1' })).toMatchObject({ status: 403 });
  const asked = await Promise.all([ask('/history/rebuild', { method: 'POST' }), ask('/history/rebuild', { method: 'POST' })]);
  for (const answer of asked) expect(answer).toMatchObject({ status: 202, headers: { location: '/history/rebuild' }, body: { state: 'running' } });
  await ended();
  expect((await ask('/history/rebuild')).body).toMatchObject({
    state: 'done', records: 16, total: 16, comparison: { equal: true, differing: 0, live: { entries: 16 } },
    generations: [{ name: 'live', orders: 2, records: 16 }, { name: 'retired', orders: 2, records: 16 }],
  });
  expect(ids((await ask('/history/recent?limit=1')).body)).toEqual(['o2']);
});

/** Until nobody works on a rebuild any more. */
function ended(): Promise<void> {
  return clock.until(async () => !['running', 'discarding'].includes((await ask('/history/rebuild')).body.state as string));
}

test('a rebuild that was under way when its process ended goes on in the next, and any replica can tell', async () => {
  await given(['o1', 'c1', 'confirmed'], ['o2', 'c1', 'placed']);
  const [reached, freed] = [Promise.withResolvers<void>(), Promise.withResolvers<never>()];
  const stuck: Log = { ...log, read: () => { reached.resolve(); return freed.promise; } };
  const world = { clock, random: seededRandom(1), logger: systemLogger({ level: 'silent' }), metrics: new Registry() };
  const durable = new DurableReadModel();
  await followLog(memoryReadModel(durable), log);
  const lost = memoryReadModel(durable);
  const first = orderHistory({ log: stuck, lot, model: lost }, world);
  await first.start();
  await handlerOf(first, world)({ method: 'POST', path: '/history/rebuild?from=scratch', headers: { 'x-caller': 'operator:olga' }, body: Buffer.from('') });
  await reached.promise;
  const asks = { method: 'GET', path: '/history/rebuild', headers: { 'x-caller': 'operator:olga' }, body: Buffer.from('') };
  const next = orderHistory({ log, lot, model: memoryReadModel(durable) }, { ...world, metrics: new Registry() });
  const asked = handlerOf(next, { ...world, metrics: new Registry() });
  const told = async () => JSON.parse(String((await asked(asks)).body)) as { state: string; comparison?: object };
  await next.start();
  expect(await told()).toMatchObject({ state: 'running' });
  await clock.sleep(20_000);
  expect(await told()).toMatchObject({ state: 'running' });
  await lost.close(); // its process is gone
  await clock.until(async () => (await told()).state !== 'running');
  expect(await told()).toMatchObject({ state: 'done', comparison: { equal: true } });
  await next.stop();
  freed.reject(new Error('the end of the test'));
  await first.stop();
});

test('what stands in the way of a rebuild is waited out; what cannot be folded ends it, and it can be gone on with', async () => {
  await given(['o1', 'c1', 'confirmed']);
  const read = log.read.bind(log);
  let wrong: Error | undefined = logErrors.error('log-unavailable');
  log.read = (...where) => wrong ? Promise.reject(wrong) : read(...where);
  await ask('/history/rebuild', { method: 'POST' });
  await clock.until(async () => (await ask('/history/rebuild')).body.error !== undefined);
  expect((await ask('/history/rebuild')).body).toMatchObject({ state: 'running', error: { code: 'log-unavailable' } });
  wrong = messageErrors.error('message-from-the-future', 'a version from 2030');
  await ended();
  expect((await ask('/history/rebuild')).body).toMatchObject({ state: 'failed', error: { code: 'message-from-the-future', detail: 'a version from 2030' } });
  wrong = undefined;
  expect((await ask('/history/rebuild', { method: 'POST' })).body).toEqual({ state: 'running', records: 0, total: 0, startedAt: expect.any(String) });
  await ended();
  expect((await ask('/history/rebuild')).body).toMatchObject({ state: 'done' });
});

test('an operator looks at a generation that differs, and accepts it, goes back, or discards it', async () => {
  await given(['o1', 'c1', 'confirmed'], ['o2', 'c1', 'placed']);
  const read = log.read.bind(log);
  log.read = async (...where) => (await read(...where)).map((record) =>
    record.key === 'o2' ? { ...record, envelope: { ...record.envelope, type: 'tradewind.unheard.of.v1' } } : record);
  const asks = async (method: 'POST' | 'DELETE', query = '', path = '/history/rebuild') => {
    const { status, body } = await ask(path + query, { method });
    if (status < 300) await ended();
    return { status, code: body?.code, ...(await ask('/history/rebuild')).body } as Record<string, unknown>;
  };
  expect(await asks('POST')).toMatchObject({ status: 202, state: 'differs', error: { code: 'rebuild-differs' }, comparison: { differing: 1, examples: ['o2'] } });
  expect(ids((await ask('/orders')).body)).toEqual(['o2', 'o1']);
  expect(await asks('POST', '?from=retired')).toMatchObject({ status: 409, code: 'rebuild-waits' });
  expect(await asks('DELETE')).toMatchObject({ status: 202, state: 'discarded', generations: [{ name: 'live' }] });
  expect(await asks('DELETE')).toMatchObject({ status: 202, state: 'discarded' });
  expect(await asks('POST', '?from=retired')).toMatchObject({ status: 409, code: 'nothing-retired' });
  expect(await asks('POST')).toMatchObject({ state: 'differs' });
  expect(await asks('POST', '?acceptDifferences=true')).toMatchObject({ status: 202, state: 'done', comparison: { equal: false } });
  expect(ids((await ask('/orders')).body)).toEqual(['o1']);
  expect(await asks('POST', '?from=retired&acceptDifferences=true')).toMatchObject({ state: 'done' });
  expect(ids((await ask('/orders')).body)).toEqual(['o2', 'o1']);
  expect(await asks('DELETE', '', '/history/retired')).toMatchObject({ status: 204, generations: [{ name: 'live' }] });
  expect(await asks('DELETE', '', '/history/retired')).toMatchObject({ status: 204 });
  for (const query of ['?from=elsewhere', '?acceptDifferences=yes', '?force=true']) expect(await asks('POST', query)).toMatchObject({ status: 422, code: 'request-invalid' });
});

test('a rebuild that is under way can be discarded', async () => {
  await given(['o1', 'c1', 'confirmed']);
  const read = log.read.bind(log);
  log.read = async (...where) => {
    await clock.sleep(1_000);
    return read(...where);
  };
  await ask('/history/rebuild', { method: 'POST' });
  expect((await ask('/history/rebuild', { method: 'DELETE' })).body).toMatchObject({ state: 'discarding' });
  expect(await ask('/history/rebuild', { method: 'POST' })).toMatchObject({ status: 409, body: { code: 'rebuild-running' } });
  await ended();
  expect((await ask('/history/rebuild')).body).toMatchObject({ state: 'discarded', generations: [{ name: 'live' }] });
});

const futured = ({ envelope, topic }: Told): Told => ({ topic, envelope: { ...envelope, id: `${envelope.id}-future`, type: envelope.type.replace(/\.v\d+$/, '.v9') } });

test('an order with an event from the future waits, with what comes later; others are folded; the audit goes on once it is dropped', async () => {
  const story = new Story().order('o1', 'c1', 'confirmed').order('o2', 'c2', 'confirmed');
  const [placed, ...rest] = story.told;
  await publish([placed!, futured(rest.find(({ topic }) => topic === placed!.topic)!), ...rest]);
  await clock.until(async () => (await model.order('o2'))?.saga === 'ended');
  await clock.until(async () => (await lot.standing('order-history')).records > 1);
  const answer = await ask('/orders/o1');
  expect(answer).toMatchObject({ status: 200, body: { status: 'placed', version: 1 } });
  expect((await ask('/orders/o1?minVersion=2')).status).toBe(503);
  const [first] = (await lot.list('order-history', { limit: 9 }));
  expect(first).toMatchObject({ key: 'o1', code: 'message-from-the-future', attempts: 1 });
  await lot.drop('order-history', first!.id, { by: 'ada', reason: 'a test', at: 0 });
  expect(await lot.redrive('order-history')).toBeGreaterThan(1);
  await clock.until(async () => (await model.order('o1'))?.saga === 'ended');
  const fresh = memoryReadModel();
  await foldAll(fresh, story.told);
  expect(await seen(model)).toEqual(await seen(fresh));
});

test('events that a database refuses are parked with their order, and those around them folded', async () => {
  await service.stop();
  let mended = false;
  const spoilt: ReadModel = { ...model, apply: (changes, advance) => {
    if (!mended && changes.orders.some(({ orderId, order }) => orderId === 'o2' && order)) return Promise.reject(new Error('no such column'));
    return model.apply(changes, advance);
  } };
  service = orderHistory({ log, lot, model: spoilt }, { clock, random: seededRandom(1), logger: systemLogger({ level: 'silent' }), metrics: new Registry() });
  const story = new Story().order('o1', 'c1', 'confirmed').order('o2', 'c1', 'confirmed').order('o3', 'c1', 'confirmed');
  await publish(story.told);
  await service.start();
  await clock.until(async () => (await model.order('o3'))?.saga === 'ended' && (await model.order('o1'))?.saga === 'ended');
  await clock.until(async () => (await lot.standing('order-history')).records > 0);
  expect((await lot.list('order-history', { limit: 1 }))[0]).toMatchObject({ key: 'o2', code: 'handler-failed', attempts: 5 });
  expect(await model.order('o2')).toBeUndefined();
  mended = true;
  await lot.redrive('order-history');
  await clock.until(async () => (await lot.standing('order-history')).records === 0);
  const fresh = memoryReadModel();
  await foldAll(fresh, story.told);
  expect(await seen(model)).toEqual(await seen(fresh));
});

test('a rebuild leaves out what is parked, and what is redriven meanwhile is not lost', async () => {
  const story = new Story().order('o1', 'c1', 'confirmed').order('o2', 'c1', 'confirmed');
  const [placed, ...rest] = story.told;
  await publish([placed!, futured(rest.find(({ topic }) => topic === placed!.topic)!), ...rest]);
  await clock.until(async () => (await lot.standing('order-history')).records > 1);
  const rebuilt = async () => {
    expect((await ask('/history/rebuild', { method: 'POST' })).status).toBe(202);
    await clock.until(async () => (await ask('/history/rebuild')).body.state !== 'running');
    expect((await ask('/history/rebuild')).body).toMatchObject({ state: 'done' });
  };
  await rebuilt();
  expect(await model.order('o1')).toMatchObject({ status: 'placed', version: 1 });
  const [first] = (await lot.list('order-history', { limit: 9 }));
  await lot.drop('order-history', first!.id, { by: 'ada', reason: 'a test', at: 0 });
  await lot.redrive('order-history');
  await rebuilt();
  await clock.until(async () => (await model.order('o1'))?.saga === 'ended');
  await rebuilt();
  const fresh = memoryReadModel();
  await foldAll(fresh, story.told);
  expect(await seen(model)).toEqual(await seen(fresh));
});
