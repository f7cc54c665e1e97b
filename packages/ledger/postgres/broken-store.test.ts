import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { check } from '../check.ts';
import { execute, openBrokers, writtenTo, type Databases } from '../contract/databases.ts';
import { notification, smallRun } from '../contract/run.ts';
import type { Verdict } from '../verdict.ts';
import { postgresSources } from './sources.ts';

let written: Awaited<ReturnType<typeof writtenTo>>;
let brokers: Awaited<ReturnType<typeof openBrokers>>;

beforeAll(async () => {
  const run = smallRun();
  const [last] = run.log.payments.splice(-1);
  run.stores.payments.unpublished.add(last!.id);
  run.stores.orders.unsent.push(notification('o-flying'));
  written = await writtenTo(run);
  brokers = await openBrokers(written.databases.brokers);
});
afterAll(async () => {
  await brokers.close();
  await written.drop();
});

const judge = (databases: Databases): Promise<Verdict> => check(postgresSources(databases, brokers), { now: Infinity });

/** The verdict on the run after a statement in one of its databases, which is then made whole again. */
async function after(name: keyof Databases, statement: string): Promise<Verdict> {
  await execute(written.databases[name], statement);
  try {
    return await judge(written.databases);
  } finally {
    await written.restore(name);
  }
}

test('a run in real databases holds, with what waits in its outboxes in flight', async () => {
  const verdict = await judge(written.databases);
  expect(verdict.invariants.filter((each) => !each.holds)).toEqual([]);
  expect(verdict.orders).toEqual({
    placed: 4, confirmed: 1, cancelled: 2, inFlight: 1, parked: 0, cancelledBecause: { 'stock-rejected': 1, 'step-timed-out': 1 },
  });
  expect(verdict.invariants.find((each) => each.name === 'log-holds-every-event')).toMatchObject({ inFlight: 1 });
  expect(verdict.invariants.filter((each) => each.judged === 0)).toEqual([]);
});

const setData = (stream: string, version: number, path: string, value: string) =>
  `update events set envelope = jsonb_set(envelope::jsonb, '{data,${path}}', '${value}')::json where stream = '${stream}' and version = ${version}`;
const never = (stream: string, version: number) => `
  delete from events where stream = '${stream}' and version = ${version};
  update events set version = version - 1 where stream = '${stream}' and version > ${version}`;

interface Break { what: string; in: keyof Databases; sql: string; broken: string; names: string }

const breaks: Break[] = [
  { what: 'an event is deleted from the middle of a stream', in: 'customers', sql: `delete from events where stream = 'customer-c-1' and version = 2`, broken: 'streams-gap-free', names: 'customer-c-1' },
  { what: 'the last event of a stream is deleted', in: 'customers', sql: `delete from events where stream = 'customer-c-1' and version = 9`, broken: 'log-holds-every-event', names: 'customer-c-1' },
  { what: 'an event is changed', in: 'inventory', sql: setData('product-tea', 1, 'name', '"Coffee"'), broken: 'log-holds-every-event', names: 'product-tea' },
  { what: 'an outbox row is deleted before it was published', in: 'payments', sql: 'delete from outbox_log', broken: 'log-holds-every-event', names: 'payment-o-late' },
  { what: 'an order is deleted', in: 'orders', sql: `delete from events where stream in ('order-o-flying', 'saga-o-flying')`, broken: 'acknowledged-orders-exist', names: 'o-flying' },
  { what: 'an order is deleted for which credit is reserved', in: 'orders', sql: `delete from events where stream = 'order-o-flying'`, broken: 'effects-have-an-order', names: 'o-flying' },
  { what: 'a credit limit is lowered', in: 'customers', sql: setData('customer-c-1', 2, 'creditLimit,amount', '1'), broken: 'credit-adds-up', names: 'customer-c-1' },
  { what: 'fewer units are received', in: 'inventory', sql: setData('product-rum', 2, 'quantity', '2'), broken: 'stock-adds-up', names: 'product-rum' },
  { what: "a product's share is changed", in: 'inventory', sql: setData('product-tea', 3, 'quantity', '1'), broken: 'reservations-match-products', names: 'reservation-o-sold' },
  { what: "a saga's outcome is changed", in: 'orders', sql: setData('saga-o-short', 2, 'outcome', '"confirmed"'), broken: 'sagas-end', names: 'o-short' },
  { what: 'used credit is forgotten', in: 'customers', sql: never('customer-c-1', 4), broken: 'confirmed-orders-used-and-sold', names: 'o-sold' },
  { what: 'released stock is forgotten', in: 'inventory', sql: never('reservation-o-late', 2), broken: 'cancelled-orders-hold-nothing', names: 'o-late' },
  { what: 'a payment is changed', in: 'payments', sql: setData('payment-o-sold', 1, 'amount,amount', '2999'), broken: 'payments-match-orders', names: 'o-sold' },
  { what: 'the provider charged twice', in: 'provider', sql: `update entries set charges = 2 where order_id = 'o-sold'`, broken: 'provider-book-agrees', names: 'o-sold' },
  { what: 'the provider lost a charge', in: 'provider', sql: `delete from entries where order_id = 'o-sold'`, broken: 'provider-book-agrees', names: 'o-sold' },
  { what: 'a row of order-history is changed', in: 'order_history', sql: `update live.orders set status = 'cancelled' where order_id = 'o-sold'`, broken: 'order-history-equals-log', names: 'o-sold' },
  { what: 'a row of order-history is deleted', in: 'order_history', sql: `delete from live.orders where order_id = 'o-short'`, broken: 'order-history-equals-log', names: 'o-short' },
  { what: 'a notification is deleted', in: 'notifications', sql: `delete from notifications where order_id = 'o-late'`, broken: 'notifications-match', names: 'o-late' },
  { what: 'a notification says something else', in: 'notifications', sql: `update notifications set kind = 'order-cancelled' where order_id = 'o-sold'`, broken: 'notifications-match', names: 'o-sold' },
  {
    what: 'a record of the log is changed', in: 'brokers', broken: 'log-holds-every-event', names: 'payment-o-sold',
    sql: `update log.records set message = replace(message, 'ref-1', 'ref-9')`,
  },
  {
    what: 'two records of the log are exchanged', in: 'brokers', broken: 'log-holds-every-event', names: 'customer-c-1',
    sql: `update log.records r set message = o.message from log.records o
      where r.partition_id = o.partition_id and r.message like '%customer-c-1%' and r.record_offset + o.record_offset = 1`,
  },
];

test.each(breaks)('$what: $broken names $names', async ({ in: name, sql, broken, names }) => {
  const verdict = await after(name, sql);
  const found = verdict.invariants.find((each) => each.name === broken);
  expect(found?.breaches.first.map((each) => each.subject)).toContain(names);
  expect(verdict.holds).toBe(false);
});

test('every invariant is broken by one of these', async () => {
  const { invariants } = await judge(written.databases);
  expect(new Set(breaks.map((each) => each.broken))).toEqual(new Set(invariants.map((each) => each.name)));
});

test('a position that fell behind is in flight, not broken', async () => {
  const verdict = await after('order_history', 'update live.positions set next = 0; delete from live.orders');
  expect(verdict.holds).toBe(true);
  expect(verdict.invariants.find((each) => each.name === 'order-history-equals-log')).toMatchObject({ judged: 0, inFlight: 4 });
});

test('a database that is not there is told by name', async () => {
  const url = new URL(written.databases.provider);
  url.pathname = '/nowhere';
  await expect(judge({ ...written.databases, provider: url.href })).rejects.toMatchObject({ code: 'source-unavailable', canRetry: true, message: expect.stringContaining('nowhere') });
});

test('reading writes nothing', async () => {
  const counts = 'select (select count(*) from events) as events, (select count(*) from outbox_log) as waiting, (select count(*) from answers) as answers';
  await judge(written.databases);
  await execute(written.databases.payments, `do $$ begin assert (select row(r.events, r.waiting, r.answers) = row(3, 1, 0) from (${counts}) r); end $$`);
});
