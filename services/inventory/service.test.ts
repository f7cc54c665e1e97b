import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import type { CommandOf } from '@tradewind/events/commands/catalogue.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import { stream } from '@tradewind/events/ids.ts';
import { exchanges, queueOf, topics } from '@tradewind/events/topology.ts';
import { losingAnswers, OneService } from '../../test/one-service.ts';
import { inventory } from './service.ts';

type Stock = 'ReserveStock' | 'ReleaseStock' | 'SellStock';
const stock = (type: Stock, orderId: string, wanted: Record<string, number>): CommandOf<Stock> =>
  ({ type, data: { orderId, lines: Object.entries(wanted).map(([productId, quantity]) => ({ productId, quantity })) } });
let platform: OneService;

beforeEach(async () => {
  platform = new OneService('inventory', topics.inventory);
  await platform.start(inventory);
});
afterEach(() => platform.stop());

async function shelve(products: Record<string, number>): Promise<void> {
  for (const [productId, quantity] of Object.entries(products)) {
    await platform.ask('POST', '/products', { key: `p-${productId}`, body: { productId, name: productId, price: { amount: 250, currency: 'EUR' } } });
    if (quantity > 0) await platform.ask('POST', `/products/${productId}/stock`, { key: `s-${productId}`, body: { quantity } });
  }
}

interface View { productId: string; available: number; reserved: number; sold: number; received: number; version: number }
const product = async (productId: string) => (await platform.ask<View>('GET', `/products/${productId}`)).body;
const outcome = async (orderId: string) => platform.events(stream.reservation(orderId));
const names = async (orderId: string) => (await outcome(orderId)).map((event) => event.type);

test('a product is registered and stocked once under each key', async () => {
  await shelve({ tea: 5 });
  await shelve({ tea: 5 });
  expect(await product('tea')).toEqual({
    productId: 'tea', name: 'tea', price: { amount: 250, currency: 'EUR' }, available: 5, reserved: 0, sold: 0, received: 5, version: 2,
  });
  expect(await platform.ask('POST', '/products', { key: 'other', body: { productId: 'tea', name: 'Tea', price: { amount: 1, currency: 'EUR' } } }))
    .toMatchObject({ status: 409, body: { code: 'product-exists' } });
  expect(await platform.ask('POST', '/products/rum/stock', { key: 'other', body: { quantity: 1 } })).toMatchObject({ status: 404, body: { code: 'product-unknown' } });
});

test('an order is reserved, then sold, in its own stream and in each product', async () => {
  await shelve({ tea: 5, rum: 5 });
  await platform.send(stock('ReserveStock', 'one', { tea: 2, rum: 1 }));
  await platform.settled();
  expect(await product('tea')).toMatchObject({ available: 3, reserved: 2 });
  await platform.send(stock('SellStock', 'one', { tea: 2, rum: 1 }));
  await platform.settled();
  expect([await product('tea'), await product('rum')]).toMatchObject([{ available: 3, reserved: 0, sold: 2 }, { available: 4, reserved: 0, sold: 1 }]);
  expect(await names('one')).toEqual(['StockReserved', 'StockSold']);
  expect((await platform.events(stream.product('tea'))).map((event) => event.type))
    .toEqual(['ProductRegistered', 'StockReceived', 'QuantityReserved', 'QuantitySold']);
  const messages = (await platform.envelopes()).filter(({ correlationid }) => correlationid === 'one');
  expect(messages).toHaveLength(6);
  expect(messages.every(({ causationid, traceparent }) => /^one:(Reserve|Sell)Stock$/.test(causationid) && traceparent !== undefined)).toBe(true);
  expect(new Set(messages.map(({ subject, partitionkey }) => `${subject} by ${partitionkey}`)))
    .toEqual(new Set(['reservation-one by one', 'product-tea by tea', 'product-rum by rum']));
});

test('a command is remembered once it is handled, though it led to nothing', async () => {
  await platform.send(stock('SellStock', 'one', { tea: 1 }));
  await platform.settled();
  expect(await names('one')).toEqual([]);
  await expect(platform.ports.store.append([], { inbox: { consumer: queueOf.SellStock, messageId: 'one:SellStock' } }))
    .rejects.toMatchObject({ code: 'already-handled' });
});

test('an order that is short of one line, or asks for what nobody knows, takes nothing', async () => {
  await shelve({ tea: 5, rum: 0 });
  await platform.send(stock('ReserveStock', 'one', { tea: 2, rum: 1 }), stock('ReserveStock', 'two', { tea: 2, rope: 1 }));
  await platform.settled();
  expect(await outcome('one')).toMatchObject([{ type: 'StockRejected', data: { reason: 'stock-insufficient', productIds: ['rum'] } }]);
  expect(await outcome('two')).toMatchObject([{ type: 'StockRejected', data: { reason: 'product-unknown', productIds: ['rope'] } }]);
  expect(await product('tea')).toMatchObject({ available: 5, reserved: 0, version: 2 });
});

test('a release that overtakes its reservation bars it', async () => {
  await shelve({ tea: 5 });
  await platform.send(stock('ReleaseStock', 'one', { tea: 2 }));
  await platform.settled();
  await platform.send(stock('ReserveStock', 'one', { tea: 2 }));
  await platform.settled();
  expect(await outcome('one')).toMatchObject([
    { type: 'StockReleased', data: { lines: [] } }, { type: 'StockRejected', data: { reason: 'released-before-reserved' } },
  ]);
  expect(await product('tea')).toMatchObject({ available: 5, version: 2 });
});

test('overlapping orders of fifteen lines, each command twice and at two replicas, take all lines or none', async () => {
  await platform.start(inventory);
  const random = seededRandom(3);
  const shelf = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`p-${index}`, 12]));
  await shelve(shelf);
  const orders = Array.from({ length: 25 }, (_, number) => {
    const chosen = Object.keys(shelf).map((id) => ({ id, at: random.next() })).sort((a, b) => a.at - b.at).slice(0, 15);
    return { order: `o-${number}`, wanted: Object.fromEntries(chosen.map(({ id }) => [id, 1 + Math.floor(random.next() * 2)])) };
  });
  const reservations = orders.map(({ order, wanted }) => stock('ReserveStock', order, wanted));
  await platform.send(...reservations, ...reservations);
  await platform.settled();
  const second = orders.map(({ order, wanted }, index) => stock(index % 2 ? 'SellStock' : 'ReleaseStock', order, wanted));
  await platform.send(...second, ...reservations, ...second);
  await platform.settled();

  const reserved: Record<string, number> = {};
  const sold: Record<string, number> = {};
  let taken = 0;
  for (const [index, { order, wanted }] of orders.entries()) {
    const story = await names(order);
    const settled = index % 2 ? 'StockSold' : 'StockReleased';
    if (story[0] === 'StockRejected') {
      expect(story).toEqual(settled === 'StockSold' ? ['StockRejected'] : ['StockRejected', 'StockReleased']);
      continue;
    }
    taken += 1;
    expect(story).toEqual(['StockReserved', settled]);
    add(reserved, wanted);
    if (settled === 'StockSold') add(sold, wanted);
  }
  expect(taken).toBeGreaterThan(3);
  expect(taken).toBeLessThan(orders.length);
  for (const productId of Object.keys(shelf)) {
    const quantities = (await platform.events(stream.product(productId))).flatMap((event) => (event.type === 'QuantityReserved' ? [event.data.quantity] : []));
    expect(quantities.reduce((sum, each) => sum + each, 0)).toBe(reserved[productId] ?? 0);
    expect(await product(productId)).toMatchObject({ received: 12, reserved: 0, sold: sold[productId] ?? 0, available: 12 - (sold[productId] ?? 0) });
  }
});

function add(totals: Record<string, number>, wanted: Record<string, number>): void {
  for (const [productId, quantity] of Object.entries(wanted)) totals[productId] = (totals[productId] ?? 0) + quantity;
}

test('a replica whose memory is behind does not reject what has arrived since', async () => {
  await shelve({ tea: 1 });
  await platform.send(stock('ReserveStock', 'one', { tea: 2 }));
  await platform.settled();
  expect(await names('one')).toEqual(['StockRejected']);
  const { store } = platform.ports;
  const [before] = await store.load([{ stream: stream.product('tea') }]);
  const received = before?.events.find(({ type }) => type.startsWith('tradewind.stock.received'));
  if (!before || !received) throw new Error('tea is not there');
  await store.append([{ stream: stream.product('tea'), expected: before.version, events: [{ ...received, id: 'delivered-by-another' }] }]);
  await platform.send(stock('ReserveStock', 'two', { tea: 2 }));
  await platform.settled();
  expect(await names('two')).toEqual(['StockReserved']);
});

test('commands whose commit is not heard of come again, and take effect once', async () => {
  await shelve({ tea: 200, rum: 200 });
  await platform.start((ports, world) => inventory({ ...ports, store: losingAnswers(ports.store, 2) }, world));
  const orders = Array.from({ length: 20 }, (_, index) => `o-${index}`);
  await platform.send(...orders.map((order) => stock('ReserveStock', order, { tea: 5, rum: 5 })));
  await platform.settled();
  await platform.send(...orders.map((order, index) => stock(index % 2 ? 'SellStock' : 'ReleaseStock', order, { tea: 5, rum: 5 })));
  await platform.settled();
  for (const productId of ['tea', 'rum'])
    expect(await product(productId)).toMatchObject({ available: 150, reserved: 0, sold: 50, version: 42 });
});

test('whoever keeps products in memory is told that the catalogue changed', async () => {
  const told: Envelope[] = [];
  await platform.ports.tasks.declare({
    exchanges: [], queues: [{ name: 'cache', temporary: true }], bindings: [{ exchange: exchanges.broadcast, queue: 'cache', pattern: '' }],
  });
  await platform.ports.tasks.consume('cache', { prefetch: 1 }, async ({ envelope }) => {
    told.push(envelope);
    return { type: 'done' };
  });
  await shelve({ tea: 1 });
  await platform.settled();
  expect(told).toMatchObject([{ type: 'tradewind.catalogue.changed.v1', data: { productIds: ['tea'] }, subject: 'product-tea' }]);
});

test('products are read by id, and all of them page by page', async () => {
  await shelve({ a: 1, b: 2, c: 3, d: 0, e: 1 });
  const some = await platform.ask('GET', '/products?ids=c,nothing,a,c', { caller: '' });
  expect((some.body.items as View[]).map((each) => [each.productId, each.available])).toEqual([['c', 3], ['a', 1]]);
  const seen: string[] = [];
  let cursor = '';
  for (let page = 0; page < 4; page += 1) {
    const { body } = await platform.ask('GET', `/products?limit=2${cursor}`);
    seen.push(...(body.items as View[]).map((each) => each.productId));
    if (body.nextCursor === undefined) break;
    cursor = `&cursor=${body.nextCursor as string}`;
  }
  expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test.each(['cursor=abc', 'cursor=', `cursor=${Buffer.from('product:').toString('base64url')}`])('%s is no cursor of ours', async (query) => {
  expect(await platform.ask('GET', `/products?${query}`)).toMatchObject({ status: 422, body: { code: 'cursor-invalid' } });
});

test.each(['limit=0', 'limit=101', 'limit=x', 'limit=1.5', 'ids=', 'ids=a,,b', `ids=${Array(101).fill('a').join(',')}`, 'other=1'])('%s is no query for products', async (query) => {
  expect(await platform.ask('GET', `/products?${query}`)).toMatchObject({ status: 422, body: { code: 'request-invalid' } });
});

test.each([0, -1, 1.5, 1_000_001, '1', null])('a delivery of %p changes nothing', async (quantity) => {
  await shelve({ tea: 1 });
  expect(await platform.ask('POST', '/products/tea/stock', { key: 'k', body: { quantity } })).toMatchObject({ status: 422, body: { code: 'request-invalid' } });
  expect(await product('tea')).toMatchObject({ received: 1, version: 2 });
});

test('a customer registers and receives nothing', async () => {
  const request = { caller: 'customer:ada', key: 'k', body: { name: 'Tea', price: { amount: 1, currency: 'EUR' } } };
  expect(await platform.ask('POST', '/products', request)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  expect(await platform.ask('POST', '/products/tea/stock', { ...request, body: { quantity: 1 } })).toMatchObject({ status: 403 });
});
