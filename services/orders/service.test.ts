import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { directHttp } from '@tradewind/chassis/http/direct.ts';
import type { Handler } from '@tradewind/chassis/http/raw.ts';
import type { World } from '@tradewind/chassis/service.ts';
import { storeErrors, type EventStore } from '@tradewind/event-store/port.ts';
import { decodeCommand, encodeFact } from '@tradewind/events/codec.ts';
import type { CommandOf } from '@tradewind/events/commands/catalogue.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import type { Fact } from '@tradewind/events/facts/catalogue.ts';
import { everyStep } from '@tradewind/events/facts/saga.ts';
import { stream } from '@tradewind/events/ids.ts';
import { exchanges, notificationsQueue, queueOf, topics } from '@tradewind/events/topology.ts';
import type { Registry } from 'prom-client';
import { OneService, type Ports } from '../../test/one-service.ts';
import { orders, type OrdersSettings } from './service.ts';

type Asked = CommandOf<keyof typeof queueOf>;
type Answer = (command: Asked) => Fact[];

const price = { amount: 500, currency: 'EUR' };
const total = { amount: 1000, currency: 'EUR' };
const lines = [{ productId: 'p1', quantity: 2 }];

/** Everybody does what is asked. */
const willing: { [Name in Asked['type']]: (orderId: string) => Fact } = {
  ReserveCredit: (orderId) => ({ type: 'CreditReserved', data: { orderId, customerId: 'ada', amount: total } }),
  UseCredit: (orderId) => ({ type: 'CreditUsed', data: { orderId, customerId: 'ada', amount: total } }),
  ReleaseCredit: (orderId) => ({ type: 'CreditReleased', data: { orderId, customerId: 'ada', amount: total } }),
  ReserveStock: (orderId) => ({ type: 'StockReserved', data: { orderId, lines } }),
  SellStock: (orderId) => ({ type: 'StockSold', data: { orderId, lines } }),
  ReleaseStock: (orderId) => ({ type: 'StockReleased', data: { orderId, lines } }),
  TakePayment: (orderId) => ({ type: 'PaymentTaken', data: { orderId, amount: total, providerReference: 'r1' } }),
  RefundPayment: (orderId) => ({ type: 'PaymentRefunded', data: { orderId, amount: total } }),
};

let platform: OneService;
let registry: Registry;
/** Ids of the commands that were delivered, in order. */
let asked: string[];
let traces: Set<string | undefined>;
let told: Envelope[];
let said: { topic: string; envelope: Envelope }[];
/** What a participant says instead of what it would; nothing for silence. */
let instead: Partial<Record<Asked['type'], Answer>>;

const topicOf = (command: Asked['type']) =>
  command.endsWith('Credit') ? topics.customers : command.endsWith('Stock') ? topics.inventory : topics.payments;

/** Publishes facts as a participant's relay would, each of them twice: the log delivers at least once. */
async function say(facts: Fact[], orderId: string, topic: string, trace: Pick<Envelope, 'traceparent'> = {}): Promise<void> {
  const messages = facts.map((fact) => {
    const stamp = { id: platform.random.id(), source: '/tradewind/test', partitionkey: orderId, correlationid: orderId, causationid: 'x', ...trace, now: platform.clock.now() };
    return { key: orderId, envelope: { ...encodeFact(fact, stamp), subject: 'a-stream', streamversion: 1 } };
  });
  said.push(...messages.map(({ envelope }) => ({ topic, envelope })));
  await platform.ports.log.publish(topic, [...messages, ...messages]);
}

async function startParticipants({ tasks }: Ports): Promise<void> {
  const queues = Object.values(queueOf);
  await tasks.declare({
    exchanges: [{ name: exchanges.commands, kind: 'direct' }, { name: exchanges.notifications, kind: 'topic' }],
    queues: [...queues, notificationsQueue].map((name) => ({ name })),
    bindings: [
      ...queues.map((name) => ({ exchange: exchanges.commands, queue: name, pattern: name })),
      ...['order.confirmed.*', 'order.cancelled.*'].map((pattern) => ({ exchange: exchanges.notifications, queue: notificationsQueue, pattern })),
    ],
  });
  for (const queue of queues) await tasks.consume(queue, { prefetch: 5 }, async ({ envelope }) => {
    asked.push(envelope.id);
    traces.add(envelope.traceparent);
    const command = decodeCommand<Asked['type']>(envelope);
    const { orderId } = command.data;
    const answer = instead[command.type] ?? (() => [willing[command.type](orderId)]);
    await say(answer(command), orderId, topicOf(command.type), envelope.traceparent === undefined ? {} : { traceparent: envelope.traceparent });
    return { type: 'done' };
  });
  await tasks.consume(notificationsQueue, { prefetch: 5 }, async ({ envelope }) => {
    told.push(envelope);
    return { type: 'done' };
  });
}

const inventory: Handler = async () =>
  ({ status: 200, headers: {}, body: JSON.stringify({ items: [{ productId: 'p1', name: 'Tea', price }] }) });

type Options = Partial<OrdersSettings> & { change?: (store: EventStore) => EventStore; held?: () => boolean };
/** `held`: while true, what is committed does not reach the log. */
const make = ({ change = (store) => store, held = () => false, ...settings }: Options = {}) => (ports: Ports, world: World) => {
  registry = world.metrics;
  const outbox = differing(ports.outbox, {
    scan: async (lane, floor, limit) => (lane === 'log' && held() ? [] : ports.outbox.scan(lane, floor, limit)),
  });
  return orders({ ...ports, outbox, store: change(ports.store), http: directHttp(() => inventory, world.clock) }, world, settings);
};

/** A port of which some calls differ. */
const differing = <Port extends object>(port: Port, calls: Partial<Port>): Port =>
  new Proxy(port, { get: (real, name) => Reflect.get(name in calls ? calls : real, name) as unknown });

beforeEach(async () => {
  platform = new OneService('orders', topics.orders);
  [asked, traces, told, said, instead] = [[], new Set(), [], [], {}];
  await startParticipants(platform.ports);
});
afterEach(() => platform.stop());

let keys = 0;
const place = (orderId = 'o1') => platform.ask('POST', '/orders', {
  caller: 'customer:ada', key: `key-${keys += 1}`, body: { orderId, paymentMethod: 'card-visa', lines },
});
const cancel = (orderId = 'o1') => platform.ask('POST', `/orders/${orderId}/cancel`, { caller: 'customer:ada', key: `key-${keys += 1}` });
const types = async (name: string) => (await platform.events(name)).map((event) => event.type);
const ended = (orderId = 'o1') => platform.clock.until(async () => (await types(stream.saga(orderId))).includes('SagaEnded'), 3_600_000);
const reached = (type: Fact['type'], orderId = 'o1') => platform.clock.until(async () =>
  [...await types(stream.saga(orderId)), ...await types(stream.order(orderId))].includes(type), 600_000);
const notified = () => told.map(({ data }) => (data as CommandOf<'NotifyCustomer'>['data']).kind);
const timers = () => platform.ports.store.dueTimers(Number.MAX_SAFE_INTEGER, 10);
const metric = async (name: string) => (await registry.getSingleMetric(name)?.get())?.values.map(({ value, labels }) => ({ value, labels }));

test('an order is secured, confirmed, settled and told of, once, though every fact comes twice', async () => {
  await platform.start(make());
  await place();
  await ended();
  await platform.settled();
  expect(await types(stream.order('o1'))).toEqual(['OrderPlaced', 'OrderConfirmed']);
  expect(await types(stream.saga('o1'))).toEqual([
    'SagaStarted', 'SagaStepDone', 'SagaStepDone', 'SagaStepDone', 'SagaStepDone', 'SagaStepDone', 'SagaEnded']);
  expect(asked.slice(0, 3)).toEqual(['o1:reserve-credit', 'o1:reserve-stock', 'o1:take-payment']);
  expect(asked.slice(3).sort()).toEqual(['o1:sell-stock', 'o1:use-credit']);
  expect(told.map(({ id, correlationid, data }) => ({ id, correlationid, data }))).toEqual([
    { id: 'o1:notify-confirmed', correlationid: 'o1', data: { orderId: 'o1', customerId: 'ada', kind: 'order-confirmed', total } }]);
  expect(await timers()).toEqual([]);
  expect(await metric('sagas_ended_total')).toEqual([{ value: 1, labels: { outcome: 'confirmed' } }]);
  expect((await cancel()).body).toMatchObject({ status: 409, code: 'order-already-confirmed' });
});

test('every message of an order names it, its cause and its trace', async () => {
  await platform.start(make());
  await place();
  await ended();
  const envelopes = await platform.envelopes();
  const placed = envelopes.find(({ type }) => type.startsWith('tradewind.order.placed'));
  const started = envelopes.find(({ type }) => type.startsWith('tradewind.saga.started'));
  expect(started).toMatchObject({ causationid: placed?.id, traceparent: placed?.traceparent, correlationid: 'o1', partitionkey: 'o1', subject: 'saga-o1', streamversion: 1 });
  expect(new Set(envelopes.map(({ correlationid }) => correlationid))).toEqual(new Set(['o1']));
});

test('an order whose stock is short gives its credit back and is cancelled', async () => {
  instead.ReserveStock = ({ data: { orderId } }) => [{ type: 'StockRejected', data: { orderId, reason: 'stock-insufficient', productIds: ['p1'] } }];
  await platform.start(make());
  await place();
  await ended();
  await platform.settled();
  expect(await platform.events(stream.order('o1'))).toMatchObject([
    { type: 'OrderPlaced' }, { type: 'OrderCancelled', data: { reason: 'stock-rejected', detail: 'stock-insufficient: p1' } }]);
  expect(asked).toEqual(['o1:reserve-credit', 'o1:reserve-stock', 'o1:release-credit']);
  expect(notified()).toEqual(['order-cancelled']);
  expect(await timers()).toEqual([]);
});

test('a customer who cancels while the payment is under way gets everything back, and is told once', async () => {
  instead.TakePayment = () => [];
  await platform.start(make());
  await place();
  await platform.clock.until(() => asked.includes('o1:take-payment'));
  expect(await cancel()).toMatchObject({ status: 202, headers: { etag: '"2"' }, body: { orderId: 'o1', status: 'cancelled', version: 2 } });
  expect(await cancel()).toMatchObject({ status: 200, body: { version: 2 } });
  await say([willing.TakePayment('o1')], 'o1', topics.payments);
  await ended();
  await platform.settled();
  expect(await types(stream.order('o1'))).toEqual(['OrderPlaced', 'OrderCancelled']);
  expect(asked.slice(3)).toEqual(['o1:refund-payment', 'o1:release-stock', 'o1:release-credit']);
  expect(notified()).toEqual(['order-cancelled']);
});

test('a payment that comes after a cancellation nobody has heard of yet is refunded, and nothing is confirmed', async () => {
  instead.TakePayment = () => [];
  let held = false;
  await platform.start(make({ held: () => held }));
  await place();
  await platform.clock.until(() => asked.includes('o1:take-payment'));
  held = true;
  const cancelled: Fact = { type: 'OrderCancelled', data: { orderId: 'o1', customerId: 'ada', reason: 'requested-by-customer' } };
  const stamp = { id: 'e1', source: '/tradewind/orders', partitionkey: 'o1', correlationid: 'o1', causationid: 'x', now: platform.clock.now() };
  await platform.ports.store.append([{ stream: stream.order('o1'), expected: 1, events: [encodeFact(cancelled, stamp)] }]);
  await say([willing.TakePayment('o1')], 'o1', topics.payments);
  await platform.clock.until(() => asked.includes('o1:refund-payment'));
  held = false;
  await ended();
  expect(await types(stream.order('o1'))).toEqual(['OrderPlaced', 'OrderCancelled']);
  expect(await platform.events(stream.saga('o1'))).toContainEqual({
    type: 'SagaCompensating', data: { orderId: 'o1', reason: 'requested-by-customer', steps: ['refund-payment', 'release-stock', 'release-credit'] } });
});

test('a payment that is never answered is asked for three times by two replicas, then taken back', async () => {
  instead.TakePayment = () => [];
  await platform.start(make());
  await platform.start(make());
  const begun = platform.clock.now();
  await place();
  await ended();
  expect(asked.filter((id) => id === 'o1:take-payment')).toHaveLength(3);
  expect(platform.clock.now() - begun).toBeGreaterThanOrEqual(30_000);
  expect(platform.clock.now() - begun).toBeLessThan(35_000);
  expect(await platform.events(stream.order('o1'))).toMatchObject([{ type: 'OrderPlaced' }, { type: 'OrderCancelled', data: { reason: 'step-timed-out' } }]);
  expect(asked.slice(5)).toEqual(['o1:refund-payment', 'o1:release-stock', 'o1:release-credit']);
  expect([...traces]).toStrictEqual([expect.stringMatching(/^00-/)]);
});

test('a settling step that goes unheard is asked for until it is done, with growing patience', async () => {
  let heard = 0;
  instead.SellStock = ({ data: { orderId } }) => ((heard += 1) < 7 ? [] : [willing.SellStock(orderId)]);
  await platform.start(make({ stepTimeoutMs: 500 }));
  const begun = platform.clock.now();
  await place();
  await ended();
  expect(asked.filter((id) => id === 'o1:sell-stock')).toHaveLength(7);
  expect(asked.filter((id) => id === 'o1:use-credit')).toHaveLength(1);
  expect(platform.clock.now() - begun).toBeGreaterThanOrEqual((1 + 2 + 4 + 8 + 16 + 32) * 500);
  expect(await types(stream.order('o1'))).toEqual(['OrderPlaced', 'OrderConfirmed']);
});

test('a refund that fails for good parks the saga until an operator resumes it', async () => {
  instead.TakePayment = () => [];
  instead.RefundPayment = ({ data: { orderId } }) => [{ type: 'RefundFailed', data: { orderId, detail: 'account closed' } }];
  await platform.start(make({ reminderMs: 15_000 }));
  await place();
  await platform.clock.until(() => asked.includes('o1:take-payment'));
  expect(await platform.ask('POST', '/sagas/o1/resume')).toMatchObject({ status: 409, body: { code: 'saga-not-parked' } });
  await cancel();
  await reached('SagaParked');
  const since = new Date(platform.clock.now()).toISOString().slice(0, 16);
  await platform.clock.sleep(70_000);
  const parked = await platform.ask('GET', '/sagas');
  expect(parked).toMatchObject({
    status: 200, body: { sagas: [{ orderId: 'o1', step: 'refund-payment', detail: 'account closed', since: expect.stringContaining(since) }], complete: true },
  });
  const parkings = await metric('sagas_parked_total'); // of every step, so that the first is an increase
  expect([parkings?.length, parkings?.filter(({ value }) => value !== 0)]).toEqual([everyStep.length, [{ value: 1, labels: { step: 'refund-payment' } }]]);
  instead.RefundPayment = () => [];
  expect(await platform.ask('POST', '/sagas/o1/resume', { caller: 'customer:ada' })).toMatchObject({ status: 403 });
  expect(await platform.ask('POST', '/sagas/o1/resume')).toMatchObject({ status: 202 });
  await platform.clock.until(() => asked.includes('o1:refund-payment:resumed-1'));
  for (const { topic, envelope } of said) await platform.ports.log.publish(topic, [{ key: 'o1', envelope }]);
  await platform.clock.sleep(1_000);
  expect((await platform.ask('GET', '/sagas')).body).toEqual({ sagas: [], complete: true });
  await say([willing.RefundPayment('o1')], 'o1', topics.payments);
  await ended();
  expect(asked.slice(3)).toEqual(['o1:refund-payment', 'o1:refund-payment:resumed-1', 'o1:release-stock', 'o1:release-credit']);
  expect(await platform.events(stream.saga('o1'))).toContainEqual({ type: 'SagaResumed', data: { orderId: 'o1', step: 'refund-payment', by: 'operator:olga' } });
  expect(await platform.ask('POST', '/sagas/nobody/resume')).toMatchObject({ status: 404, body: { code: 'order-unknown' } });
});

test('a store that loses its answers after the commit makes nothing happen twice', async () => {
  let appends = 0;
  const losing = (store: EventStore) => differing(store, {
    async append(...call) {
      const versions = await store.append(...call);
      if ((appends += 1) % 2 === 0) throw storeErrors.error('store-unavailable', 'the answer was lost');
      return versions;
    },
  });
  await platform.start(make({ change: losing }));
  for (const orderId of ['o1', 'o2', 'o3']) await place(orderId);
  for (const orderId of ['o1', 'o2', 'o3']) {
    await ended(orderId);
    expect(await types(stream.order(orderId))).toEqual(['OrderPlaced', 'OrderConfirmed']);
  }
  await platform.settled();
  expect(asked.length).toBe(new Set(asked).size);
  expect(notified()).toHaveLength(3);
  expect(appends).toBeGreaterThan(18);
});

test('facts that concern no saga cost no call of the store', async () => {
  const calls: string[] = [];
  const counting = (store: EventStore) => new Proxy(store, {
    get(real, name) {
      if (typeof name === 'string' && ['append', 'load'].includes(name)) calls.push(name);
      return Reflect.get(real, name) as unknown;
    },
  });
  await platform.start(make({ change: counting }));
  const facts: Fact[] = [
    { type: 'ProductRegistered', data: { productId: 'p1', name: 'Tea', price } },
    { type: 'QuantityReserved', data: { productId: 'p1', orderId: 'o1', quantity: 2 } },
    { type: 'SagaEnded', data: { orderId: 'o1', outcome: 'confirmed' } },
    { type: 'OrderConfirmed', data: { orderId: 'o1', customerId: 'ada', total } },
    { type: 'OrderCancelled', data: { orderId: 'o1', customerId: 'ada', reason: 'step-timed-out' } },
  ];
  await say(facts, 'o1', topics.inventory);
  const { envelope: known } = said[0]!;
  await platform.ports.log.publish(topics.inventory, [{ key: 'o1', envelope: { ...known, id: 'n1', type: 'tradewind.product.praised.v1' } }]);
  await platform.clock.until(async () => {
    const lags = (await platform.ports.log.lag('orders.saga')).filter(({ topic }) => topic === topics.inventory);
    return lags.some(({ next }) => next > 0) && lags.every(({ committed, next }) => committed === next);
  });
  expect(calls).toEqual([]);
  await say([willing.ReserveCredit('o1')], 'o1', topics.customers);
  await platform.clock.until(() => calls.includes('append'));
});

test('a saga goes on where it was when its replica stops and another starts', async () => {
  instead.TakePayment = () => [];
  const first = await platform.start(make());
  await place();
  await platform.clock.until(() => asked.includes('o1:take-payment'));
  await first.stop();
  delete instead.TakePayment;
  await say([willing.TakePayment('o1')], 'o1', topics.payments);
  await platform.start(make());
  await ended();
  expect(await types(stream.order('o1'))).toEqual(['OrderPlaced', 'OrderConfirmed']);
});

const byHand = (orderId: string, type: string, data: object): { key: string; envelope: Envelope } => ({ key: orderId, envelope: {
  specversion: '1.0', id: `by-hand-${type}-${orderId}`, source: '/tradewind/elsewhere', type, subject: `order-${orderId}`, time: '2026-01-01T00:00:00.000Z',
  datacontenttype: 'application/json', partitionkey: orderId, correlationid: orderId, causationid: 'x', data,
} });
interface Listed { records: { id: string; key: string; code: string; reason: string; attempts: number; state: string }[]; complete: boolean }
const parkedNow = async () => (await platform.ask<Listed>('GET', '/parked/orders.saga')).body.records;

test('an order with an event from the future waits, with what comes later; others are confirmed; dropped, it goes on once redriven', async () => {
  await platform.start(make());
  await platform.ports.log.publish(topics.orders, [byHand('o1', 'tradewind.order.placed.v9', { orderId: 'o1' })]);
  await place('o1');
  await place('o2');
  await ended('o2');
  expect((await parkedNow()).map(({ key, code, attempts }) => [key, code, attempts])).toEqual([['o1', 'message-from-the-future', 1], ['o1', 'waits-behind', 0]]);
  expect(asked.filter((id) => id.startsWith('o1'))).toEqual([]);
  expect(await metric('parked_total')).toEqual([
    { value: 1, labels: { group: 'orders.saga', code: 'message-from-the-future' } }, { value: 1, labels: { group: 'orders.saga', code: 'waits-behind' } }]);
  expect((await platform.ask('POST', '/parked/orders.saga/redrive', { body: {} })).body).toEqual({ group: 'orders.saga', records: 2 });
  await platform.clock.until(async () => (await parkedNow())[0]?.attempts === 2);
  const [first] = await parkedNow();
  expect((await platform.ask('GET', `/parked/orders.saga/${first!.id}`)).body).toMatchObject({ envelope: { type: 'tradewind.order.placed.v9' }, topic: topics.orders });
  const drop = () => platform.ask('POST', `/parked/orders.saga/${first!.id}/drop`, { body: { reason: 'nobody wrote it' } });
  expect(await drop()).toMatchObject({ status: 200, body: { state: 'dropped', dropped: { by: 'operator:olga', reason: 'nobody wrote it' } } });
  expect(await drop()).toMatchObject({ status: 404, body: { code: 'parked-unknown' } });
  await platform.ask('POST', '/parked/orders.saga/redrive', { body: { key: 'o1' } });
  await ended('o1');
  expect((await platform.ask<Listed>('GET', '/parked/orders.saga?state=dropped')).body.records).toHaveLength(1);
  expect((await platform.ask<Listed>('GET', '/parked/orders.saga?state=parked')).body).toMatchObject({ records: [], complete: true });
});

test.each([
  ['of a placing', 'tradewind.order.placed.v2', { orderId: 'o9' }], ['of an answer, without an order', 'tradewind.credit.reserved.v1', {}],
])('a payload %s that no schema knows is parked, and says why', async (_, type, data) => {
  await platform.start(make());
  await platform.ports.log.publish(topics.orders, [byHand('o9', type, data)]);
  await platform.clock.until(async () => (await parkedNow()).length > 0);
  expect(await parkedNow()).toEqual([expect.objectContaining({ key: 'o9', code: 'message-invalid', attempts: 1, reason: expect.stringContaining(type) })]);
});

test('a type that nobody here cares for is skipped, of whatever version', async () => {
  await platform.start(make());
  await platform.ports.log.publish(topics.orders, [byHand('o1', 'tradewind.order.eaten.v1', {}), byHand('o1', 'tradewind.saga.started.v9', {})]);
  await place('o1');
  await ended('o1');
  expect(await parkedNow()).toEqual([]);
});

test('a bug that hits one order parks it after a few tries, and it is confirmed once the bug is mended', async () => {
  let mended = false;
  await platform.start(make({ change: (store) => differing(store, {
    append: async (writes, act) => {
      if (!mended && act?.inbox && writes.some(({ stream: name }) => name === stream.saga('o1'))) throw new TypeError('cannot read properties of undefined');
      return store.append(writes, act);
    },
  }) }));
  await Promise.all([place('o1'), place('o2')]);
  await ended('o2');
  await platform.clock.until(async () => (await parkedNow()).length > 0);
  expect(await parkedNow()).toEqual([expect.objectContaining({ key: 'o1', code: 'handler-failed', attempts: 5 })]);
  mended = true;
  await platform.ask('POST', '/parked/orders.saga/redrive', { body: {} });
  await ended('o1');
  expect(notified()).toEqual(['order-confirmed', 'order-confirmed']);
});

test('only operators see and touch what is parked', async () => {
  await platform.start(make());
  expect((await platform.ask('GET', '/parked/orders.saga', { caller: 'customer:ada' })).status).toBe(403);
  expect((await platform.ask('POST', '/parked/orders.saga/redrive', { caller: 'customer:ada', body: {} })).status).toBe(403);
});
