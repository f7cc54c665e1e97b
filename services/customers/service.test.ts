import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { CommandOf } from '@tradewind/events/commands/catalogue.ts';
import { stream } from '@tradewind/events/ids.ts';
import { queueOf, topics } from '@tradewind/events/topology.ts';
import { losingAnswers, OneService } from '../../test/one-service.ts';
import { customers } from './service.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const credit = (type: 'ReserveCredit' | 'ReleaseCredit' | 'UseCredit', orderId: string, amount: number): CommandOf<typeof type> =>
  ({ type, data: { customerId: 'ada', orderId, amount: eur(amount) } });
let platform: OneService;

beforeEach(async () => {
  platform = new OneService('customers', topics.customers);
  await platform.start(customers);
});
afterEach(() => platform.stop());

const register = (limit: number) =>
  platform.ask('POST', '/customers', { key: 'k1', body: { customerId: 'ada', name: 'Ada', creditLimit: eur(limit) } });
const ada = async () => (await platform.ask('GET', '/customers/ada')).body;
const story = async (customer = 'ada') => (await platform.events(stream.customer(customer))).map((event) => event.type);

test('a customer is registered once under a key, and answered alike each time', async () => {
  const [first, second] = await Promise.all([register(100), register(100)]);
  expect(first).toMatchObject({ status: 201, headers: { location: '/customers/ada' }, body: { customerId: 'ada', available: eur(100), version: 1 } });
  expect(second.body).toEqual(first.body);
  expect(await platform.ask('POST', '/customers', { key: 'k2', body: { customerId: 'ada', name: 'Ada', creditLimit: eur(5) } }))
    .toMatchObject({ status: 409, body: { code: 'customer-exists' } });
  await platform.settled();
  expect(await story()).toEqual(['CustomerRegistered']);
});

test('a customer without an id gets one', async () => {
  const { status, body } = await platform.ask('POST', '/customers', { key: 'k', body: { name: 'Bo', creditLimit: eur(1) } });
  expect(status).toBe(201);
  expect(await platform.ask('GET', `/customers/${body.customerId as string}`)).toMatchObject({ status: 200, body: { name: 'Bo' } });
});

test('credit is reserved, used and given back by commands, and each is an event', async () => {
  await register(100);
  await platform.send(credit('ReserveCredit', 'one', 30), credit('ReserveCredit', 'two', 20));
  await platform.settled();
  await platform.send(credit('UseCredit', 'one', 30), credit('ReleaseCredit', 'two', 20));
  await platform.settled();
  expect((await story()).sort()).toEqual(['CreditReleased', 'CreditReserved', 'CreditReserved', 'CreditUsed', 'CustomerRegistered']);
  expect(await ada()).toMatchObject({ creditLimit: eur(100), available: eur(70), reserved: eur(0), used: eur(30), version: 5 });
});

test('an event tells whose story it belongs to and what caused it', async () => {
  await register(100);
  await platform.send(credit('ReserveCredit', 'one', 30));
  await platform.settled();
  expect((await platform.envelopes()).find(({ type }) => type === 'tradewind.credit.reserved.v1')).toMatchObject({
    correlationid: 'one', causationid: 'one:ReserveCredit', subject: 'customer-ada', partitionkey: 'ada', streamversion: 2,
    source: '/tradewind/customers', traceparent: expect.stringContaining('0af7651916cd43dd8448eb211c80319c'),
  });
});

test('commands that come many times, to two replicas at once, take effect once', async () => {
  await platform.start(customers);
  await register(100);
  const orders = Array.from({ length: 12 }, (_, index) => `order-${index}`);
  const reservations = orders.map((order) => credit('ReserveCredit', order, 10));
  await platform.send(...reservations, ...reservations, ...reservations);
  await platform.settled();
  await platform.send(...reservations, ...orders.slice(0, 5).flatMap((order) => [credit('UseCredit', order, 10), credit('UseCredit', order, 10)]));
  await platform.settled();
  const events = await story();
  expect(events.filter((type) => type === 'CreditReserved')).toHaveLength(10);
  expect(events.filter((type) => type === 'CreditRejected')).toHaveLength(2);
  const { available, used, reserved } = await ada() as Record<string, { amount: number }>;
  expect([available?.amount, (used?.amount ?? 0) + (reserved?.amount ?? 0)]).toEqual([0, 100]);
  expect(events.filter((type) => type === 'CreditUsed')).toHaveLength((used?.amount ?? 0) / 10);
});

test('commands whose commit is not heard of come again, and take effect once', async () => {
  await register(200);
  await platform.start((ports, world) => customers({ ...ports, store: losingAnswers(ports.store, 2) }, world));
  const orders = Array.from({ length: 20 }, (_, index) => `order-${index}`);
  await platform.send(...orders.map((order) => credit('ReserveCredit', order, 10)));
  await platform.settled();
  await platform.send(...orders.map((order, index) => credit(index % 2 ? 'UseCredit' : 'ReleaseCredit', order, 10)));
  await platform.settled();
  expect(await ada()).toMatchObject({ available: eur(100), reserved: eur(0), used: eur(100), version: 41 });
});

test('a release that overtakes its reservation bars it, also for a customer that nobody knows', async () => {
  await register(100);
  const unknown = (type: 'ReserveCredit' | 'ReleaseCredit') => ({ type, data: { customerId: 'eve', orderId: 'two', amount: eur(1) } } as const);
  await platform.send(credit('ReleaseCredit', 'one', 30), unknown('ReleaseCredit'));
  await platform.settled();
  await platform.send(credit('ReserveCredit', 'one', 30), unknown('ReserveCredit'));
  await platform.settled();
  for (const customer of ['ada', 'eve'])
    expect((await platform.events(stream.customer(customer))).at(-1)).toMatchObject({ type: 'CreditRejected', data: { reason: 'released-before-reserved' } });
  expect(await ada()).toMatchObject({ available: eur(100) });
});

test('a customer is rejected who is not known, and is registered later all the same', async () => {
  await platform.send(credit('ReserveCredit', 'one', 30));
  await platform.settled();
  expect(await story()).toEqual(['CreditRejected']);
  expect(await register(100)).toMatchObject({ status: 201, body: { version: 2 } });
});

test('a command that fits no schema is set aside as dead, and the others go on', async () => {
  await register(100);
  const broken = { ...platform.envelope(credit('ReserveCredit', 'one', 30)), data: { customerId: 'ada' } };
  await platform.ports.tasks.publish([{ exchange: 'tradewind.commands', routingKey: queueOf.ReserveCredit, envelope: broken }]);
  await platform.send(credit('ReserveCredit', 'two', 30));
  await platform.settled();
  expect(await platform.ports.tasks.deadLetters(queueOf.ReserveCredit, 10)).toMatchObject([{ reason: expect.stringContaining('message-invalid') }]);
  expect(await ada()).toMatchObject({ reserved: eur(30) });
});

test('the limit changes down to what is taken, and setting it again changes nothing', async () => {
  await register(100);
  await platform.send(credit('ReserveCredit', 'one', 30));
  await platform.settled();
  const set = (amount: number, currency = 'EUR') =>
    platform.ask('PUT', '/customers/ada/credit-limit', { body: { creditLimit: { amount, currency } } });
  expect(await set(29)).toMatchObject({ status: 409, body: { code: 'credit-limit-too-low' } });
  expect(await set(500, 'USD')).toMatchObject({ status: 409, body: { code: 'currency-mismatch' } });
  expect(await set(30)).toMatchObject({ status: 200, body: { creditLimit: eur(30), available: eur(0), version: 3 } });
  expect(await set(30)).toMatchObject({ status: 200, body: { version: 3 } });
  expect(await platform.ask('PUT', '/customers/eve/credit-limit', { body: { creditLimit: eur(1) } }))
    .toMatchObject({ status: 404, body: { code: 'customer-unknown' } });
});

test('a customer sees themselves only, and changes nothing', async () => {
  await register(100);
  expect(await platform.ask('GET', '/customers/ada', { caller: 'customer:ada' })).toMatchObject({ status: 200 });
  expect(await platform.ask('GET', '/customers/ada', { caller: 'customer:eve' })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  expect(await platform.ask('GET', '/customers/nobody', { caller: 'customer:eve' })).toMatchObject({ status: 403 });
  expect(await platform.ask('GET', '/customers/nobody')).toMatchObject({ status: 404, body: { code: 'customer-unknown' } });
  expect(await platform.ask('PUT', '/customers/ada/credit-limit', { caller: 'customer:ada', body: { creditLimit: eur(900) } })).toMatchObject({ status: 403 });
  expect(await platform.ask('GET', '/customers/ada', { caller: '' })).toMatchObject({ status: 401 });
});

test.each([
  [{ name: 'Bo' }], [{ name: '', creditLimit: eur(1) }], [{ name: 'Bo', creditLimit: eur(-1) }], [{ name: 'Bo', creditLimit: eur(1.5) }],
  [{ name: 'Bo', creditLimit: { amount: 1, currency: 'eur' } }], [{ name: 'Bo', creditLimit: eur(1), admin: true }],
  [{ customerId: 'a b', name: 'Bo', creditLimit: eur(1) }], [{ name: 'B\0', creditLimit: eur(1) }], [[]],
])('%j registers nobody', async (body) => {
  expect(await platform.ask('POST', '/customers', { key: 'k', body })).toMatchObject({ status: 422, body: { code: 'request-invalid' } });
  expect(await platform.ports.store.streams('', '', 10)).toEqual([]);
});
