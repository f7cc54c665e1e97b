import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { CommandOf } from '@tradewind/events/commands/catalogue.ts';
import { stream } from '@tradewind/events/ids.ts';
import { queueOf, topics } from '@tradewind/events/topology.ts';
import { losingAnswers, OneService } from '../../test/one-service.ts';
import type { Book } from './provider/book.ts';
import { memoryBook } from './provider/memory/book.ts';
import { paymentKey, providerErrors, type PaymentProvider } from './provider/port.ts';
import { simulatedProvider, type SimulatedProvider } from './provider/simulated.ts';
import { payments } from './service.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const take = (orderId: string, paymentMethod = 'card-ok'): CommandOf<'TakePayment'> =>
  ({ type: 'TakePayment', data: { orderId, customerId: 'ada', amount: eur(700), paymentMethod } });
const refund = (orderId: string): CommandOf<'RefundPayment'> => ({ type: 'RefundPayment', data: { orderId } });
let platform: OneService;
let book: Book;
let provider: SimulatedProvider;
/** Orders whose charge was asked for, each time it was. */
let charged: string[];
/** What the provider does otherwise than it would. */
let instead: Partial<PaymentProvider>;

/** The simulated provider, with a record of what it was asked. */
const observed = (): PaymentProvider => ({
  charge(charge) {
    charged.push(charge.orderId);
    return provider.charge(charge);
  },
  lookup: (key) => (instead.lookup ?? provider.lookup.bind(provider))(key),
  refund: (key) => provider.refund(key),
  onCallback: (listener) => provider.onCallback(listener),
});
const start = () => platform.start((ports, world) => payments({ ...ports, provider: observed() }, world));
beforeEach(async () => {
  charged = [];
  instead = {};
  platform = new OneService('payments', topics.payments);
  book = memoryBook();
  provider = simulatedProvider({ book, clock: platform.clock, random: platform.random });
  await start();
});
afterEach(async () => {
  provider.close();
  await platform.stop();
});

const story = async (orderId: string) => (await platform.events(stream.payment(orderId))).map((event) => event.type);
const entry = (orderId: string) => book.find(paymentKey(orderId));

test('a payment is taken and refunded, and the book agrees', async () => {
  await platform.send(take('one'));
  await platform.settled();
  expect(await platform.ask('GET', '/payments/one', { caller: 'service:orders' }))
    .toMatchObject({ status: 200, body: { orderId: 'one', status: 'taken', amount: eur(700), version: 1 } });
  await platform.send(refund('one'));
  await platform.settled();
  expect(await platform.events(stream.payment('one'))).toMatchObject([
    { type: 'PaymentTaken', data: { amount: eur(700) } }, { type: 'PaymentRefunded', data: { amount: eur(700) } },
  ]);
  expect(await entry('one')).toMatchObject({ status: 'refunded', charges: 1, refunds: 1, orderId: 'one' });
});

test('a declined card is declined, and its refund gives back nothing', async () => {
  await platform.send(take('one', 'card-declined'));
  await platform.settled();
  await platform.send(refund('one'));
  await platform.settled();
  expect(await platform.events(stream.payment('one'))).toMatchObject([
    { type: 'PaymentDeclined', data: { reason: 'card-declined' } }, { type: 'PaymentRefunded', data: { amount: eur(0) } },
  ]);
});

test('commands that come many times, to two replicas at once, move money once', async () => {
  await start();
  const orders = Array.from({ length: 8 }, (_, index) => `o-${index}`);
  const takes = orders.map((order) => take(order, 'card-twice'));
  const refunds = orders.slice(0, 4).map(refund);
  await platform.send(...takes, ...takes, ...takes);
  await platform.settled();
  await platform.send(...refunds, ...takes, ...refunds);
  await platform.settled();
  await platform.clock.sleep(5_000);
  for (const [index, order] of orders.entries()) {
    expect(await story(order)).toEqual(index < 4 ? ['PaymentTaken', 'PaymentRefunded'] : ['PaymentTaken']);
    expect(await entry(order)).toMatchObject({ charges: 1, refunds: index < 4 ? 1 : 0 });
  }
});

test('commands whose commit is not heard of come again, and move money once', async () => {
  await platform.start((ports, world) => payments({ ...ports, store: losingAnswers(ports.store, 2), provider: observed() }, world));
  const orders = Array.from({ length: 12 }, (_, index) => `o-${index}`);
  await platform.send(...orders.map((order) => take(order)));
  await platform.settled();
  await platform.send(...orders.map(refund));
  await platform.settled();
  for (const order of orders) {
    expect(await story(order)).toEqual(['PaymentTaken', 'PaymentRefunded']);
    expect(await entry(order)).toMatchObject({ charges: 1, refunds: 1 });
  }
});

test('a charge and its refund that run at once end in money given back, or none taken', async () => {
  await start();
  const orders = Array.from({ length: 20 }, (_, index) => `o-${index}`);
  await platform.send(...orders.flatMap((order) => [take(order), refund(order)]));
  await platform.settled();
  for (const order of orders) {
    const events = await story(order);
    const { charges = 0, refunds = 0 } = await entry(order) ?? {};
    expect(refunds).toBe(charges);
    expect([['PaymentTaken', 'PaymentRefunded'], ['PaymentRefunded', 'PaymentDeclined']]).toContainEqual(events);
    expect(events[0] === 'PaymentTaken').toBe(charges === 1);
  }
});

test('a late charge after its refund is declined, and nothing is taken', async () => {
  await platform.send(refund('one'));
  await platform.settled();
  expect(await platform.ask('GET', '/payments/one')).toMatchObject({ status: 200, body: { status: 'barred' } });
  await platform.send(take('one'));
  await platform.settled();
  expect(await platform.events(stream.payment('one'))).toMatchObject([
    { type: 'PaymentRefunded', data: { amount: { amount: 0 } } }, { type: 'PaymentDeclined', data: { reason: 'refunded-before-taken' } },
  ]);
  expect(await entry('one')).toMatchObject({ status: 'closed', charges: 0 });
  expect(charged).toEqual([]);
});

test('a charge whose answer comes too late is found, not made again', async () => {
  await platform.send(take('one', 'card-late'));
  await platform.settled();
  await platform.clock.sleep(10_000);
  expect(await story('one')).toEqual(['PaymentTaken']);
  expect(await entry('one')).toMatchObject({ charges: 1 });
  expect(charged).toEqual(['one']);
});

test('a callback is believed while nothing else can be learnt', async () => {
  instead.lookup = () => Promise.reject(providerErrors.error('provider-unavailable'));
  await platform.send(take('one', 'card-late'));
  await platform.settled();
  expect(await platform.events(stream.payment('one'))).toMatchObject([{ type: 'PaymentTaken', data: { amount: eur(700) } }]);
  expect((await platform.envelopes()).map(({ causationid }) => causationid)).toEqual(['payment-one:taken']);
});

test('a refund that comes while the charge waits for its late answer gives the money back', async () => {
  await platform.send(take('one', 'card-late'));
  await platform.clock.sleep(1_000);
  await platform.send(refund('one'));
  await platform.settled();
  await platform.clock.sleep(10_000);
  expect(await story('one')).toEqual(['PaymentTaken', 'PaymentRefunded']);
  expect(await entry('one')).toMatchObject({ status: 'refunded', charges: 1, refunds: 1 });
});

test('an unavailable provider is asked again until it works', async () => {
  await platform.send(take('one', 'card-unavailable'));
  await platform.settled();
  expect(await story('one')).toEqual(['PaymentTaken']);
  expect(await platform.ports.tasks.deadLetters(queueOf.TakePayment, 1)).toEqual([]);
});

test('a refund that the provider refuses is reported, and succeeds when it is asked for again after mending', async () => {
  await platform.send(take('one', 'card-refund-fails'));
  await platform.settled();
  await platform.send(refund('one'), refund('one'));
  await platform.settled();
  expect(await story('one')).toEqual(['PaymentTaken', 'RefundFailed']);
  await provider.mend(paymentKey('one'));
  const again = platform.envelope(refund('one'), 'one:refund-payment:resumed-1');
  await platform.ports.tasks.publish([{ exchange: 'tradewind.commands', routingKey: queueOf.RefundPayment, envelope: again }]);
  await platform.settled();
  expect(await story('one')).toEqual(['PaymentTaken', 'RefundFailed', 'PaymentRefunded']);
});

test('a callback over HTTP counts once, and only from inside the platform', async () => {
  const body = { id: 'payment-one:taken', orderId: 'one', amount: eur(700), outcome: { status: 'taken', reference: 'r' } };
  const report = (caller: string) => platform.ask('POST', '/payments/callbacks', { caller, body });
  expect(await report('customer:ada')).toMatchObject({ status: 403 });
  expect((await Promise.all([report('service:provider'), report('service:provider')])).map(({ status }) => status)).toEqual([204, 204]);
  await platform.settled();
  expect(await story('one')).toEqual(['PaymentTaken']);
  expect(await platform.ask('POST', '/payments/callbacks', { caller: 'service:provider', body: { ...body, outcome: { status: 'maybe' } } }))
    .toMatchObject({ status: 422 });
});

test('a payment is nobody else\'s business', async () => {
  expect(await platform.ask('GET', '/payments/one')).toMatchObject({ status: 404, body: { code: 'payment-unknown' } });
  expect(await platform.ask('GET', '/payments/one', { caller: 'customer:ada' })).toMatchObject({ status: 403 });
});
