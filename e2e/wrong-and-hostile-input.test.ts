import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { Client } from '@tradewind/client/client.ts';
import type { Servers } from '@tradewind/compose/fleet/environment.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import { exchanges, queueOf, topics } from '@tradewind/events/topology.ts';
import { untilSettled } from '@tradewind/ledger/wait.ts';
import type { Task } from '@tradewind/tasks/port.ts';
import { until } from '../test/until.ts';
import { openStage, type Stage } from './harness/stage.ts';
import { Users } from './harness/users.ts';

let stage: Stage;
let users: Users;
let client: Client;
beforeAll(async () => {
  stage = await openStage('hostile');
  users = new Users(stage.platform);
  client = new Client({ origin: () => stage.platform.origin, token: stage.token, persist: 60_000 });
});
afterAll(async () => {
  await client?.close();
  await users?.close();
  await stage?.close();
});

const wrong = () => 'not-the-password';
const envelope = (type: string, data: unknown, key = 'x'): Envelope => ({
  specversion: '1.0', id: randomUUID(), source: '/tradewind/elsewhere', type, subject: `order-${key}`, time: '2026-01-01T00:00:00.000Z',
  datacontenttype: 'application/json', partitionkey: key, correlationid: key, causationid: 'by-hand', data,
});
const command = (type: string, data: unknown): Task => ({ exchange: exchanges.commands, routingKey: queueOf.ReserveCredit, envelope: envelope(type, data) });

/** Orders go on being taken and settled. */
async function flows(orderId: string = randomUUID()): Promise<string> {
  const [customer, product] = [stage.plan.customers[0]!, stage.plan.products[0]!];
  const body = { orderId, customerId: customer.customerId, paymentMethod: 'card-ok', lines: [{ productId: product.productId, quantity: 1 }] };
  const reply = await client.send({ method: 'POST', path: '/orders', key: randomUUID(), body });
  expect(reply).toMatchObject({ status: 202 });
  stage.acknowledged.push(orderId);
  await until(`order ${orderId} settles`, async () => {
    const { body: order } = await client.send({ method: 'GET', path: `/orders/${orderId}` });
    return (order as { status?: string }).status === 'confirmed';
  }, { withinMs: 90_000 });
  return orderId;
}

test('wrong credentials are refused with a code of their own', async () => {
  await expect(users.log('orders', wrong)).rejects.toMatchObject({ code: 'log-credentials-refused', canRetry: false });
  await expect(users.tasks('orders', wrong)).rejects.toMatchObject({ code: 'tasks-credentials-refused', canRetry: false });
  await flows();
});

type Change = (servers: Extract<Servers, { type: 'servers' }>) => Servers;
const changes: [string, Change, RegExp][] = [
  ['PostgreSQL', (servers) => ({ ...servers, database: (name, service) => servers.database(name, service).replace(/:[^:@]+@/, ':wrong@') }), /^orders: PostgreSQL, .*password/],
  ['Kafka', (servers) => ({ ...servers, kafka: { ...servers.kafka, password: wrong } }), /^orders: .*[Aa]uthentication/],
  ['RabbitMQ', (servers) => ({ ...servers, rabbitmq: (service) => servers.rabbitmq(service).replace(/:[^:@]+@/, ':wrong@') }), /^orders: .*/],
];

test.each(changes)('a service whose password of %s is wrong says so in one line and ends with the code that no restart helps', async (_, change, line) => {
  const child = spawn(process.execPath, [path.resolve(import.meta.dirname, '../services/orders/main.ts')], { env: users.environment('orders', change), stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString(); });
  const code = await new Promise((resolve) => { child.once('close', resolve); });
  const lines = said.trim().split('\n').filter((each) => !each.startsWith('{'));
  expect({ code, lines }).toEqual({ code: 2, lines: [expect.stringMatching(line)] });
});

test("a service's user writes nothing to another's topic, and takes nothing from another's queue", async () => {
  const [log, tasks] = [await users.log('customers'), await users.tasks('customers')];
  const message = { key: 'o-forged', envelope: envelope('tradewind.order.confirmed.v1', { orderId: 'o-forged' }) };
  await expect(log.publish(topics.orders, [message])).rejects.toMatchObject({ code: 'log-forbidden', canRetry: false });
  await expect(tasks.consume(queueOf.TakePayment, { prefetch: 1 }, () => Promise.resolve({ type: 'done' }))).rejects.toMatchObject({ code: 'tasks-forbidden' });
  await expect(tasks.publish([command('tradewind.credit.reserve.v1', {})])).rejects.toMatchObject({ code: 'tasks-forbidden', canRetry: false });
  await flows();
});

test('a topic and an exchange that nobody made are unknown to whoever may see all; to others the topic is forbidden', async () => {
  const message = { key: 'k', envelope: envelope('tradewind.order.placed.v2', {}) };
  await expect((await users.log('admin')).publish('tradewind.nowhere', [message])).rejects.toMatchObject({ code: 'topic-unknown' });
  await expect((await users.log('orders')).publish('tradewind.nowhere', [message])).rejects.toMatchObject({ code: 'log-forbidden' });
  const task = { ...command('tradewind.credit.reserve.v1', {}), exchange: 'tradewind.nowhere' };
  await expect((await users.tasks('admin')).publish([task])).rejects.toMatchObject({ code: 'exchange-unknown' });
  await expect((await users.tasks('admin')).publish([{ ...task, exchange: exchanges.commands, routingKey: 'nobody' }])).rejects.toMatchObject({ code: 'unroutable' });
});

test('a message over the size limit is refused before it is sent, one over HTTP is 413', async () => {
  const large = envelope('tradewind.order.placed.v2', { text: 'x'.repeat(1_100_000) });
  await expect((await users.log('orders')).publish(topics.orders, [{ key: 'k', envelope: large }])).rejects.toMatchObject({ code: 'message-too-large' });
  await expect((await users.tasks('orders')).publish([{ ...command('', {}), envelope: large }])).rejects.toMatchObject({ code: 'message-too-large' });
  const reply = await client.send({ method: 'POST', path: '/orders', key: randomUUID(), body: { text: 'x'.repeat(3_000_000) } });
  expect(reply).toMatchObject({ status: 413, body: { code: expect.any(String) } });
  await flows();
});

test('tasks that no schema knows are dead at once, with the reason, and can be looked at; the rest flows', async () => {
  const poison = [command('tradewind.credit.reserve.v99', { orderId: 'o' }), command('tradewind.nonsense.v1', 7), command('tradewind.credit.reserve.v1', { orderId: 7 })];
  await (await users.tasks('orders')).publish(poison);
  await flows();
  const operator = await users.tasks('operator');
  const dead = async () => (await operator.deadLetters(queueOf.ReserveCredit, 100)).filter(({ envelope: { id } }) => poison.some((each) => each.envelope.id === id));
  await until('all are dead', async () => (await dead()).length === 3, { withinMs: 90_000 });
  const reasons = new Map((await dead()).map(({ envelope: { id }, reason }) => [id, reason.split(':')[0]]));
  expect(poison.map(({ envelope: { id } }) => reasons.get(id))).toEqual(['message-from-the-future', 'message-type-unknown', 'message-invalid']);
});

interface Parked { id: string; key: string; code: string }

test('records that nobody can handle are parked by their key for each consumer, the rest flows, and the ledger holds once they are dropped', async () => {
  const bad = [['o-future', 'tradewind.order.placed.v9', { orderId: 'o-future' }], ['o-spoilt', 'tradewind.order.placed.v2', {}]] as const;
  await (await users.log('orders')).publish(topics.orders, bad.map(([key, type, data]) => ({ key, envelope: envelope(type, data, key) })));
  const parked = async (group: string) => {
    const { status, body } = await client.send({ method: 'GET', path: `/parked/${group}` });
    return status === 200 ? (body as { records: Parked[] }).records : [];
  };
  for (const group of ['orders.saga', 'order-history']) {
    await until(`${group} parks them`, async () => (await parked(group)).length === bad.length, { withinMs: 90_000 });
    expect(Object.fromEntries((await parked(group)).map(({ key, code }) => [key, code]))).toEqual({ 'o-future': 'message-from-the-future', 'o-spoilt': 'message-invalid' });
  }
  await flows();
  for (const group of ['orders.saga', 'order-history'])
    for (const { id } of await parked(group)) {
      const reply = await client.send({ method: 'POST', path: `/parked/${group}/${id}/drop`, key: randomUUID(), body: { reason: 'by hand' } });
      expect(reply.status).toBeLessThan(300);
    }
  await flows('o-future');
  const verdict = await untilSettled(() => stage.platform.verdict(() => stage.acknowledged), { clock, waitMs: 60_000 });
  expect({ holds: verdict.holds, inFlight: verdict.inFlight, broken: verdict.invariants.filter(({ holds }) => !holds) }).toEqual({ holds: true, inFlight: 0, broken: [] });
});
