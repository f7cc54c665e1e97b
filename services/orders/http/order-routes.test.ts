import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { directHttp } from '@tradewind/chassis/http/direct.ts';
import type { RawRequest } from '@tradewind/chassis/http/raw.ts';
import { encodeCommand, encodeFact } from '@tradewind/events/codec.ts';
import { stream } from '@tradewind/events/ids.ts';
import { exchanges, topics } from '@tradewind/events/topology.ts';
import { OneService } from '../../../test/one-service.ts';
import { orders } from '../service.ts';

let platform: OneService;
/** What inventory sells, and what it was asked for. */
let products: Map<string, { amount: number; currency: string }>;
let asked: RawRequest[];
let inventory: 'up' | 'down' | 'hanging' | 'failing';
let keys = 0;

beforeEach(async () => {
  products = new Map([['tea', { amount: 250, currency: 'EUR' }], ['mug', { amount: 1200, currency: 'EUR' }], ['gum', { amount: 5, currency: 'USD' }], ['yacht', { amount: 9_000_000_000, currency: 'EUR' }]]);
  asked = [];
  inventory = 'up';
  platform = new OneService('orders', topics.orders);
  await platform.start((ports, world) => orders({ ...ports, http: directHttp(() => (inventory === 'down' ? undefined : answer), world.clock) }, world));
});
afterEach(() => platform.stop());

async function answer(request: RawRequest) {
  asked.push(request);
  if (inventory === 'hanging') await platform.clock.sleep(60_000);
  if (inventory === 'failing') return { status: 503, headers: {}, body: '{}' };
  const ids = decodeURIComponent(new URL(request.path, 'http://inventory').searchParams.get('ids') ?? '').split(',');
  const found = ids.flatMap((productId) => (products.has(productId) ? [{ productId, name: 'x', available: 1, price: products.get(productId) }] : []));
  return { status: 200, headers: {}, body: JSON.stringify({ items: found }) };
}

const order = (...lines: [string, unknown][]) => ({ paymentMethod: 'card-visa', lines: lines.map(([productId, quantity]) => ({ productId, quantity })) });
const place = (body: unknown, { caller = 'customer:ada', key = `key-${keys += 1}` } = {}) => platform.ask('POST', '/orders', { caller, key, body });
const cancel = (orderId: string, caller = 'customer:ada', key = `key-${keys += 1}`) => platform.ask('POST', `/orders/${orderId}/cancel`, { caller, key });

test('an order is accepted at the prices of now, and says where it will be found', async () => {
  const { status, headers, body } = await place(order(['tea', 3], ['mug', 1]));
  expect(status).toBe(202);
  expect(body).toEqual({ orderId: expect.any(String), status: 'placed', version: 1, total: { amount: 1950, currency: 'EUR' } });
  expect(headers).toMatchObject({ location: `/orders/${body.orderId as string}`, etag: '"1"' });
  await platform.clock.until(async () => (await platform.events(stream.order(body.orderId as string))).length > 0);
  expect(await platform.events(stream.order(body.orderId as string))).toEqual([{
    type: 'OrderPlaced',
    data: {
      orderId: body.orderId, customerId: 'ada', paymentMethod: 'card-visa', total: { amount: 1950, currency: 'EUR' },
      lines: [{ productId: 'tea', quantity: 3, unitPrice: { amount: 250, currency: 'EUR' } }, { productId: 'mug', quantity: 1, unitPrice: { amount: 1200, currency: 'EUR' } }],
    },
  }]);
  expect(asked.map(({ path, headers: sent }) => ({ path, caller: sent['x-caller'] }))).toEqual([{ path: '/products?ids=tea,mug', caller: 'service:orders' }]);
});

test('the same request under the same key is one order, at the same time and later', async () => {
  const body = order(['tea', 1]);
  const [first, second] = await Promise.all([place(body, { key: 'k' }), place(body, { key: 'k' })]);
  const third = await place(body, { key: 'k' });
  expect([second.body, third.body]).toEqual([first.body, first.body]);
  expect(third.headers).toMatchObject({ 'idempotent-replay': 'true', location: first.headers.location, etag: '"1"' });
  expect(await platform.ports.store.streams('order-', '', 10)).toHaveLength(1);
  expect(await place(order(['tea', 2]), { key: 'k' })).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
  expect((await place(body, { key: 'k', caller: 'customer:bob' })).body.orderId).not.toBe(first.body.orderId);
});

test('an import may choose the id of its order, once', async () => {
  const body = { ...order(['tea', 1]), orderId: 'import-1', customerId: 'ada' };
  expect(await place(body, { caller: 'operator:olga' })).toMatchObject({ status: 202, body: { orderId: 'import-1' } });
  expect(await place(body, { caller: 'operator:olga' })).toMatchObject({ status: 409, body: { code: 'order-exists' } });
});

test('a customer orders for themselves, an operator for whom they say', async () => {
  expect(await place({ ...order(['tea', 1]), customerId: 'ada' })).toMatchObject({ status: 202 });
  expect(await place({ ...order(['tea', 1]), customerId: 'bob' })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  expect(await place(order(['tea', 1]), { caller: 'operator:olga' }))
    .toMatchObject({ status: 422, body: { code: 'customer-missing' } });
  expect(await place(order(['tea', 1]), { caller: '' })).toMatchObject({ status: 401 });
});

test.each<[string, ReturnType<typeof order>]>([
  ['product-unknown', order(['tea', 1], ['ghost', 1])],
  ['product-repeated', order(['tea', 1], ['tea', 2])],
  ['currency-mixed', order(['tea', 1], ['gum', 1])],
  ['order-too-large', order(['yacht', 2])],
  ['request-invalid', order()],
  ['request-invalid', order(...Array.from({ length: 16 }, (_, at): [string, number] => [`p${at}`, 1]))],
  ['request-invalid', order(['tea', 0])],
  ['request-invalid', order(['tea', -1])],
  ['request-invalid', order(['tea', 1.5])],
  ['request-invalid', order(['tea', '1'])],
  ['request-invalid', { ...order(['tea', 1]), paymentMethod: 'card\u0000visa' }],
])('%s: nothing is placed', async (code, body) => {
  expect(await place(body)).toMatchObject({ status: 422, body: { code } });
  expect(await platform.ports.store.streams('', '', 10)).toEqual([]);
});

test('an unknown product is named, and can be ordered as soon as it exists', async () => {
  expect((await place(order(['tea', 1], ['ghost', 1]))).body.detail).toContain('ghost');
  products.set('ghost', { amount: 1, currency: 'EUR' });
  expect(await place(order(['tea', 1], ['ghost', 1]))).toMatchObject({ status: 202 });
});

test.each(['down', 'hanging', 'failing'] as const)('while inventory is %s an order is refused for now, and its key stays free', async (state) => {
  inventory = state;
  expect(await place(order(['tea', 1]), { key: 'k' })).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, body: { code: 'service-unavailable' } });
  inventory = 'up';
  expect(await place(order(['tea', 1]), { key: 'k' })).toMatchObject({ status: 202 });
});

test('prices are kept for a minute, and dropped when the catalogue says so', async () => {
  const cost = async () => (await place(order(['tea', 1]))).body.total;
  expect(await cost()).toEqual({ amount: 250, currency: 'EUR' });
  products.set('tea', { amount: 300, currency: 'EUR' });
  expect(await cost()).toEqual({ amount: 250, currency: 'EUR' });
  await platform.clock.sleep(60_001);
  expect(await cost()).toEqual({ amount: 300, currency: 'EUR' });
  products.set('tea', { amount: 350, currency: 'EUR' });
  const stamp = { id: 'c1', source: '/tradewind/inventory', partitionkey: 'tea', correlationid: 'tea', causationid: 'x', now: platform.clock.now() };
  await platform.ports.tasks.publish([{
    exchange: exchanges.broadcast, routingKey: '',
    envelope: encodeCommand({ type: 'CatalogueChanged', data: { productIds: ['tea'] } }, stamp, 'product-tea'),
  }]);
  await platform.clock.sleep(1_000);
  expect(await cost()).toEqual({ amount: 350, currency: 'EUR' });
  expect(asked).toHaveLength(3);
});

test('an order is cancelled once, under a key, by its customer or an operator, and no one else learns of it', async () => {
  const orderId = (await place(order(['tea', 1]))).body.orderId as string;
  expect(await cancel(orderId, 'customer:bob')).toMatchObject({ status: 404, body: { code: 'order-unknown' } });
  expect(await cancel('nothing')).toMatchObject({ status: 404, body: { code: 'order-unknown' } });
  expect(await platform.ask('POST', `/orders/${orderId}/cancel`, { caller: 'customer:ada' })).toMatchObject({ status: 400, body: { code: 'idempotency-key-missing' } });
  const first = await cancel(orderId, 'customer:ada', 'k');
  expect(first).toMatchObject({ status: 202, headers: { etag: '"2"', location: `/orders/${orderId}` }, body: { orderId, status: 'cancelled', version: 2 } });
  expect(await cancel(orderId, 'customer:ada', 'k')).toMatchObject({ status: 202, headers: { 'idempotent-replay': 'true' }, body: first.body });
  expect(await cancel(orderId, 'operator:olga')).toMatchObject({ status: 200, body: first.body });
});

test('an order that another replica placed can be cancelled though this one once found it unknown', async () => {
  expect(await cancel('o9')).toMatchObject({ status: 404 });
  const total = { amount: 250, currency: 'EUR' };
  const placed = { orderId: 'o9', customerId: 'ada', paymentMethod: 'card-visa', lines: [{ productId: 'tea', quantity: 1, unitPrice: total }], total };
  const stamp = { id: 'e9', source: '/tradewind/orders', partitionkey: 'o9', correlationid: 'o9', causationid: 'x', now: platform.clock.now() };
  await platform.ports.store.append([{ stream: 'order-o9', expected: 0, events: [encodeFact({ type: 'OrderPlaced', data: placed }, stamp)] }]);
  expect(await cancel('o9')).toMatchObject({ status: 202 });
});
