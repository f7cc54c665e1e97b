import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Envelope } from '@tradewind/events/envelope.ts';
import { topics } from '@tradewind/events/topology.ts';
import { print } from '@tradewind/ledger/print.ts';
import { RunningPlatform } from '../../test/running-platform.ts';
import { tradewind as onFolder } from '../../test/tradewind.ts';
import { openBrokers } from './brokers.ts';

jest.setTimeout(120_000);

let running: RunningPlatform;
beforeAll(async () => { running = await RunningPlatform.start(); });
afterAll(() => running.stop());

interface Row { group: string; id: string; key: string; code: string; attempts: number }
const GROUPS = ['order-history', 'orders.saga'];
const tradewind = (...args: string[]) => onFolder(running.platform.folder, args);
async function json<Value>(...args: string[]): Promise<Value> {
  const { out, err, code } = await tradewind(...args, '--json');
  if (code > 0) throw new Error(err);
  return JSON.parse(out) as Value;
}
const heads = async () => (await json<Row[]>('parked', 'list')).filter(({ code }) => code !== 'waits-behind');
const failed = async () => (await heads()).map(({ group, key, code }) => `${group} ${key} ${code}`).sort();

async function until(there: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !(await there()); await new Promise((resolve) => setTimeout(resolve, 20)))
    if (Date.now() > end) throw new Error(`waited in vain: ${there.toString()}`);
}

const byHand = (orderId: string, type: string, data: object): { key: string; envelope: Envelope } => ({ key: orderId, envelope: {
  specversion: '1.0', id: `by-hand-${orderId}`, source: '/tradewind/elsewhere', type, subject: `order-${orderId}`, time: '2026-01-01T00:00:00.000Z',
  datacontenttype: 'application/json', partitionkey: orderId, correlationid: orderId, causationid: 'by-hand', data,
} });

test('orders with events that nobody can handle wait, the others flow, and once those are dropped they end as if nothing had been', async () => {
  const { customerId, productIds: [productId] } = await running.stocked({ stock: 1_000 });
  const order = { customerId, lines: [{ productId: productId!, quantity: 1 }] };
  const { log, close } = await openBrokers({ topology: 'embedded', databases: running.databases });
  await log.publish(topics.orders, [byHand('o-future', 'tradewind.order.placed.v9', { orderId: 'o-future' }), byHand('o-spoilt', 'tradewind.order.placed.v2', {})]);
  await close();
  await until(async () => (await heads()).length === 4);
  expect(await failed()).toEqual(GROUPS.flatMap((group) => [`${group} o-future message-from-the-future`, `${group} o-spoilt message-invalid`]));

  for (const orderId of ['o-future', 'o-spoilt']) expect((await running.place({ ...order, orderId } as typeof order)).status).toBe(202);
  const others = await Promise.all(Array.from({ length: 40 }, () => running.settle(order)));
  expect(new Set(others.map(({ status }) => status))).toEqual(new Set(['confirmed']));
  await until(async () => (await json<Row[]>('parked', 'list')).length === 8);
  expect((await running.order('o-future')).status).toBe(404);
  expect((await running.ask('GET', '/health/ready')).status).toBe(200);
  const { groups } = await running.platform.status();
  expect(Object.fromEntries(groups.map(({ group, parked }) => [group, parked]))).toEqual({ 'order-history': 4, 'orders.saga': 4 });
  expect((await running.exchange('GET', '/metrics', undefined, {})).text).toMatch(/^parked_total\{group="orders.saga",code="message-from-the-future",service="orders"\} 1$/m);
  const verdict = await running.platform.verdict(() => running.acknowledged);
  expect({ holds: verdict.holds, parked: verdict.parkedRecords.map(({ group, orders }) => [group, orders]).sort() }).toEqual(
    { holds: true, parked: [['order-history', 2], ['orders.saga', 2]] });
  expect(print(verdict)).toContain('Parked by orders.saga: 4 records of 2 orders, in flight until redriven (tradewind parked list).');

  expect(await tradewind('parked', 'redrive', 'orders.saga', '--all')).toMatchObject({ code: 0, out: '4 records to be handled again' });
  await until(async () => (await heads()).filter(({ group, attempts }) => group === 'orders.saga' && attempts === 2).length === 2);

  for (const { group, id } of await heads()) {
    expect(await tradewind('parked', 'show', group, id)).toMatchObject({ code: 0, out: expect.stringMatching(/^order +o-(future|spoilt)$[^]*by-hand-o-/m) });
    expect(await tradewind('parked', 'drop', group, id, '--reason', 'written by hand')).toMatchObject({ code: 0, out: expect.stringContaining('is dropped') });
    expect(await tradewind('parked', 'drop', group, id, '--reason', 'again')).toMatchObject({ code: 2, err: expect.stringContaining('parked-unknown') });
  }
  for (const group of GROUPS) expect(await json('parked', 'redrive', group, '--all')).toEqual({ group, records: 2 });
  for (const orderId of ['o-future', 'o-spoilt']) expect(await running.orderOnce(orderId)).toMatchObject({ status: 'confirmed' });
  expect(await tradewind('parked', 'list')).toMatchObject({ code: 0, out: 'There is no parked record.' });
  expect((await tradewind('parked', 'list', '--dropped', '--group', 'orders.saga')).out).toMatch(/o-future .*dropped by operator:cli: written by hand/);
  const settled = await running.verdict();
  expect(settled).toMatchObject({ holds: true, inFlight: 0, parkedRecords: [] });
});
