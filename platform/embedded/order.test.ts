import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openPostgresBook } from '@tradewind/payments/provider/postgres/book.ts';
import { paymentKey } from '@tradewind/payments/provider/port.ts';
import { RunningPlatform, withClient, type Json, type Order } from '../../test/running-platform.ts';

let running: RunningPlatform;
beforeAll(async () => { running = await RunningPlatform.start(); });
afterAll(() => running.stop());

const one = (productIds: string[], quantity = 1) => productIds.map((productId) => ({ productId, quantity }));
const units = async (productId: string) => {
  const { available, reserved, sold } = (await running.ask('GET', `/products/${productId}`)).body;
  return { available, reserved, sold };
};
const credit = async (customerId: string) => {
  const { available, reserved, used } = (await running.ask<Record<string, { amount: number }>>('GET', `/customers/${customerId}`)).body;
  return { available: available?.amount, reserved: reserved?.amount, used: used?.amount };
};
const told = async (orderId: string, customerId: string) => {
  const { body } = await running.ask<{ items: { orderId: string; kind: string }[] }>('GET', `/notifications?customerId=${customerId}&limit=100`);
  return body.items.filter((each) => each.orderId === orderId).map((each) => each.kind);
};

test('an order placed over HTTP is confirmed, sold, paid for and told of once', async () => {
  const { customerId, productIds } = await running.stocked({ products: 2, stock: 10, price: 500, credit: 100_000 });
  const placed = await running.place({ customerId, lines: one(productIds, 3) });
  expect(placed).toMatchObject({ status: 202, body: { status: 'placed', version: 1, total: { amount: 3_000, currency: 'EUR' } } });
  expect(placed.headers).toMatchObject({ location: `/orders/${placed.body.orderId}`, etag: '"1"' });
  expect(await running.orderOnce(placed.body.orderId)).toMatchObject({ status: 'confirmed', customerId, version: 2 });
  expect(await credit(customerId)).toEqual({ available: 97_000, reserved: 0, used: 3_000 });
  for (const productId of productIds) expect(await units(productId)).toEqual({ available: 7, reserved: 0, sold: 3 });
  await running.verdict();
  expect(await told(placed.body.orderId, customerId)).toEqual(['order-confirmed']);
});

test('the root leads a browser to the console', async () => {
  expect(await running.exchange('GET', '/', undefined, {})).toMatchObject({ status: 302, headers: { location: '/console' } });
  expect((await running.exchange('GET', '/console', undefined, { host: 'localhost' })).status).toBe(200);
});

test('the audit trail tells an order from first to last, to programs and to people', async () => {
  const { customerId, productIds } = await running.stocked({ products: 15 });
  const { orderId } = await running.settle({ customerId, lines: one(productIds) });
  const { body } = await running.ask<{ items: { event: string; causation: string; id: string; time: string }[] }>('GET', `/orders/${orderId}/events`);
  const names = body.items.map((each) => each.event);
  expect(names.filter((name) => !name.startsWith('Saga'))).toEqual(
    ['OrderPlaced', 'CreditReserved', 'StockReserved', 'PaymentTaken', 'OrderConfirmed', expect.any(String), expect.any(String)]);
  expect(names).toEqual(expect.arrayContaining(['CreditUsed', 'StockSold']));
  expect(names.at(-1)).toBe('SagaEnded');
  const text = await running.ask('GET', `/orders/${orderId}/events`, { headers: { accept: 'text/plain' } });
  expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(text.text).toContain(orderId);
  expect(text.text.trim().split('\n').length).toBeGreaterThanOrEqual(names.length);
});

test('what has no credit, no stock or no cover is cancelled, and everything is given back', async () => {
  const { customerId, productIds } = await running.stocked({ products: 3, stock: 5, price: 100, credit: 5_000 });
  const outcomes = await Promise.all([
    running.settle({ customerId, paymentMethod: 'card-declined', lines: one(productIds, 2) }),
    running.settle({ customerId, lines: one(productIds, 6) }),
  ]);
  expect(outcomes.map(({ status, reason }) => [status, reason])).toEqual([['cancelled', 'payment-declined'], ['cancelled', 'stock-rejected']]);
  const short = await running.stocked({ price: 10_000, credit: 9_999 });
  expect(await running.settle({ customerId: short.customerId, lines: one(short.productIds) })).toMatchObject({ status: 'cancelled', reason: 'credit-rejected' });
  expect(await running.settle({ customerId: 'nobody', lines: one(productIds) })).toMatchObject({ status: 'cancelled', reason: 'credit-rejected' });
  expect(await credit(customerId)).toEqual({ available: 5_000, reserved: 0, used: 0 });
  for (const productId of productIds) expect(await units(productId)).toEqual({ available: 5, reserved: 0, sold: 0 });
});

test('a customer reads their own write, and nobody else does', async () => {
  const { customerId, productIds } = await running.stocked();
  const other = await running.stocked();
  const placed = await Promise.all(Array.from({ length: 20 }, () =>
    running.place({ lines: one(productIds) }, { as: customerId })));
  const read = await Promise.all(placed.map(({ body: { orderId, version } }) =>
    running.ask<Order>('GET', `/orders/${orderId}?minVersion=${version}`, { as: customerId })));
  expect(read.map(({ status, body }) => [status, body.orderId])).toEqual(placed.map(({ body }) => [200, body.orderId]));
  const [first] = placed;
  const foreign = ['', '/events'].map((part) => running.ask('GET', `/orders/${first?.body.orderId}${part}`, { as: other.customerId }));
  expect((await Promise.all(foreign)).map(({ status, body }) => [status, body.code])).toEqual([[404, 'order-unknown'], [404, 'order-unknown']]);
  const list = (as: string) => running.ask<{ items: Order[] }>('GET', '/orders?limit=100', { as });
  expect(new Set((await list(customerId)).body.items.map((each) => each.orderId))).toEqual(new Set(placed.map(({ body }) => body.orderId)));
  expect((await list(other.customerId)).body.items).toEqual([]);
  expect(await running.ask('GET', `/orders?customerId=${customerId}`, { as: other.customerId })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
});

test('pages of the list hold every order once, newest first', async () => {
  const { customerId, productIds } = await running.stocked();
  const placed: string[] = [];
  for (let n = 0; n < 5; n += 1) placed.push((await running.settle({ customerId, lines: one(productIds) })).orderId);
  const seen: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const page: { body: { items: Order[]; nextCursor?: string } } =
      await running.ask('GET', `/orders?customerId=${customerId}&limit=2${cursor && `&cursor=${cursor}`}`);
    seen.push(...page.body.items.map((each) => each.orderId));
    cursor = page.body.nextCursor;
  }
  expect(seen).toEqual(placed.reverse());
});

test('one key is one order, however often and however much at once it is sent', async () => {
  const { customerId, productIds } = await running.stocked();
  const key = randomUUID();
  const body = { customerId, paymentMethod: 'card-ok', lines: one(productIds) };
  const answers = await Promise.all(Array.from({ length: 20 }, () => running.place(body, { key })));
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(answers.filter(({ headers }) => headers['idempotent-replay'] === undefined)).toHaveLength(1);
  const { orderId } = answers[0]!.body;
  await running.orderOnce(orderId);
  expect(await running.ask('POST', '/orders', { key, body })).toMatchObject({ status: 202, body: { orderId, status: 'placed' } });
  expect(await running.ask('POST', '/orders', { key, body: { ...body, lines: one(productIds, 2) } }))
    .toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
  expect((await running.ask<{ items: Order[] }>('GET', `/orders?customerId=${customerId}`)).body.items).toHaveLength(1);
});

test('a cancelled order gives all back, wherever its saga was; a confirmed one stays', async () => {
  const { customerId, productIds } = await running.stocked({ stock: 100, price: 1, credit: 1_000 });
  const cancel = (orderId: string) => running.ask<Json>('POST', `/orders/${orderId}/cancel`, { as: customerId });
  const outcomes = await Promise.all(Array.from({ length: 12 }, async (_, n) => {
    const { body: { orderId } } = await running.place({ customerId, lines: one(productIds) });
    await new Promise((resolve) => setTimeout(resolve, n * 8));
    const answer = await cancel(orderId);
    const order = await running.orderOnce(orderId);
    return { answer: answer.status, order: order.status, reason: order.reason };
  }));
  for (const outcome of outcomes)
    expect([{ answer: 202, order: 'cancelled', reason: 'requested-by-customer' }, { answer: 409, order: 'confirmed' }]).toContainEqual(outcome);
  expect(outcomes[0]).toMatchObject({ order: 'cancelled' });
  const confirmed = await running.settle({ customerId, lines: one(productIds) });
  expect(await cancel(confirmed.orderId)).toMatchObject({ status: 409, body: { code: 'order-already-confirmed' } });
  const sold = outcomes.filter(({ order }) => order === 'confirmed').length + 1;
  expect(await units(productIds[0]!)).toEqual({ available: 100 - sold, reserved: 0, sold });
  expect(await credit(customerId)).toEqual({ available: 1_000 - sold, reserved: 0, used: sold });
});

test('cards whose answer is late, slow, doubled or at first refused are charged once, and the orders confirmed', async () => {
  await Promise.all(['card-late', 'card-slow', 'card-twice', 'card-unavailable'].map(async (paymentMethod) => {
    const { customerId, productIds } = await running.stocked({ stock: 1, price: 700, credit: 700 });
    const { orderId, status } = await running.settle({ customerId, paymentMethod, lines: one(productIds) });
    expect([paymentMethod, status]).toEqual([paymentMethod, 'confirmed']);
    expect(await credit(customerId)).toEqual({ available: 0, reserved: 0, used: 700 });
    const { rows } = await withClient(running.databases['provider'] ?? '', (client) =>
      client.query('select status, charges, refunds from entries where order_id = $1', [orderId]));
    expect(rows).toEqual([{ status: 'taken', charges: 1, refunds: 0 }]);
  }));
});

test('a product can be ordered as soon as it is registered, and every replica hears of it', async () => {
  const { customerId, productIds } = await running.stocked();
  const productId = `p-${randomUUID()}`;
  const body = { customerId, paymentMethod: 'card-ok', lines: one([...productIds, productId]) };
  expect(await running.ask('POST', '/orders', { body })).toMatchObject({ status: 422, body: { code: 'product-unknown' } });
  await running.ask('POST', '/products', { body: { productId, name: 'New', price: { amount: 5, currency: 'EUR' } } });
  await running.ask('POST', `/products/${productId}/stock`, { body: { quantity: 1 } });
  expect(await running.settle(body)).toMatchObject({ status: 'confirmed', total: { amount: 1_005 } });
  const { queues } = await running.platform.status();
  expect(queues.filter(({ queue }) => queue.startsWith('orders.catalogue.'))).toEqual([expect.objectContaining({ ready: 0, unsettled: 0, retrying: 0, dead: 0 })]);
});

test('a refund that is refused parks the saga; once the provider is mended, resuming ends it', async () => {
  const { customerId, productIds } = await running.stocked({ stock: 4, price: 50, credit: 500 });
  const provider = running.databases['provider'] ?? '';
  const { orderId } = await withClient(provider, async (client) => {
    // The provider takes its time to enter the charge: the customer's change of mind comes between.
    await client.query('begin');
    await client.query('lock table entries in exclusive mode');
    const { body } = await running.place({ customerId, paymentMethod: 'card-refund-fails', lines: one(productIds) });
    await running.orderOnce(body.orderId, ({ saga }) => saga === 'taking-payment');
    expect(await running.ask('POST', `/orders/${body.orderId}/cancel`, { as: customerId })).toMatchObject({ status: 202 });
    await client.query('commit');
    return body;
  });
  const resume = () => running.ask('POST', `/sagas/${orderId}/resume`);
  await running.orderOnce(orderId, ({ saga }) => saga === 'compensation-failed');
  expect((await running.ask<{ sagas: Json[] }>('GET', '/sagas')).body.sagas).toEqual([expect.objectContaining({ orderId, step: 'refund-payment' })]);
  expect(await running.platform.verdict()).toMatchObject({ holds: true, orders: { parked: 1 } });
  expect(await running.ask('POST', `/sagas/${orderId}/resume`, { as: customerId })).toMatchObject({ status: 403 });
  const book = await openPostgresBook({ url: provider, connections: 1 });
  await book.mend(paymentKey(orderId)).finally(() => book.close());
  expect(await resume()).toMatchObject({ status: 202, body: { orderId } });
  expect(await running.orderOnce(orderId)).toMatchObject({ status: 'cancelled', reason: 'requested-by-customer' });
  expect(await resume()).toMatchObject({ status: 409, body: { code: 'saga-not-parked' } });
  expect(await units(productIds[0]!)).toEqual({ available: 4, reserved: 0, sold: 0 });
  expect(await credit(customerId)).toEqual({ available: 500, reserved: 0, used: 0 });
});

test('after all of that the ledger holds, and nothing is in flight', async () => {
  const verdict = await running.verdict();
  expect(verdict.invariants.filter(({ holds }) => !holds)).toEqual([]);
  expect(verdict).toMatchObject({ holds: true, inFlight: 0, orders: { inFlight: 0, parked: 0, placed: running.acknowledged.size } });
});
