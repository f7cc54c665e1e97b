import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { openLocalIssuer } from '@tradewind/chassis/jose/issuer.ts';
import type { OpenApi } from '@tradewind/chassis/http/openapi/document.ts';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { SignJWT } from 'jose';
import { RunningPlatform, type Asked, type Reply } from '../../test/running-platform.ts';
import { identity } from './identity.ts';

/** Method, target, what else is sent, and the status and code of the problem that answers it. */
type Case = [method: string, target: string, asked: Asked, status: number, code: string];

/** Answers that belong to no operation, and so stand in no document of one. */
const BEFORE_ANY_ROUTE = ['route-unknown', 'method-not-allowed', 'headers-too-large'];

let running: RunningPlatform;
let document: OpenApi;
let before: Record<string, number>;
let customerId: string;
let productIds: string[];
let orderId: string;
let stranger: string;

beforeAll(async () => {
  running = await RunningPlatform.start();
  ({ customerId, productIds } = await running.stocked({ products: 16, credit: 100_000 }));
  ({ customerId: stranger } = await running.stocked());
  ({ orderId } = await running.settle({ orderId: 'first', customerId, lines: [{ productId: productIds[0]!, quantity: 10 }] }));
  for (const [productId, price] of [['dollars', { amount: 1, currency: 'USD' }], ['dear', { amount: 9_000_000_000, currency: 'EUR' }]] as const)
    await running.ask('POST', '/products', { body: { productId, name: productId, price } });
  document = (await running.ask<OpenApi>('GET', '/openapi.json')).body;
  await running.verdict();
  before = await running.rows();
  expect(before).toMatchObject({ 'orders.public.events': expect.any(Number), 'brokers.log.records': expect.any(Number), 'provider.public.entries': 1 });
});
afterEach(async () => {
  expect(await running.rows()).toEqual(before);
});
afterAll(async () => {
  expect(await running.platform.verdict()).toMatchObject({ holds: true, inFlight: 0 });
  await running.stop();
});

const order = (change: object = {}) => ({ customerId, paymentMethod: 'card-ok', lines: [{ productId: productIds[0]!, quantity: 1 }], ...change });
const line = (change: object) => order({ lines: [{ productId: productIds[0], quantity: 1, ...change }] });
/** JSON that `JSON.stringify` does not write. */
const verbatim = (lines: string) => JSON.stringify(order({ lines: 'HERE' })).replace('"HERE"', lines);

/** Sends each, and sees that each is refused as a documented problem. */
async function refused(cases: Case[]): Promise<void> {
  const replies = await Promise.all(cases.map(([method, target, asked]) => running.ask(method, target, asked)));
  const seen = replies.map((reply, at) => [...cases[at]!.slice(0, 3), reply.status, reply.body?.['code']]);
  expect(seen).toEqual(cases);
  for (const [at, reply] of replies.entries()) isProblem(reply, cases[at]![0], cases[at]![1]);
}

function isProblem({ status, headers, body }: Reply, method: string, target: string): void {
  const code = String(body['code']);
  expect(headers['content-type']).toBe('application/problem+json');
  expect(body).toMatchObject({ type: `https://tradewind.dev/problems/${code}`, title: expect.any(String), status });
  expect([undefined, headers['x-request-id']]).toContain(body['instance']);
  const route = Object.entries(document.paths).find(([path, operations]) =>
    operations[method.toLowerCase()] && new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(target.split('?')[0]!));
  const documented = route?.[1][method.toLowerCase()]?.responses[status]?.content?.['application/problem+json']?.examples ?? {};
  expect([...Object.keys(documented), ...BEFORE_ANY_ROUTE]).toContain(code);
}

const orders = (bodies: unknown[], status: number, code: string): Case[] => bodies.map((body) => ['POST', '/orders', { body }, status, code]);

test('a body that is no JSON is malformed', () => refused(orders(
  ['{', ' ', 'null,', "{'a':1}", '{"a":NaN}', '{}x', '[1,]', Buffer.from([0x7b, 0xff, 0x7d]), JSON.stringify(order()).slice(0, -1)], 400, 'malformed-json')));

test('an order whose body has another shape is invalid', () => refused(orders([
  '', 'null', '[]', '5', '"order"', 'true', '{}', order({ lines: undefined }), order({ paymentMethod: undefined }), order({ lines: {} }), order({ lines: 'all' }),
  order({ lines: [] }), order({ lines: [null] }), order({ extra: 1 }), line({ unitPrice: { amount: 1, currency: 'EUR' } }), order({ total: { amount: 0, currency: 'EUR' } }),
  order({ customerId: 5 }), order({ customerId: null }), order({ paymentMethod: ['card-ok'] }), order({ paymentMethod: '' }),
  order({ lines: productIds.map((productId) => ({ productId, quantity: 1 })) }),
], 422, 'request-invalid')));

test('a quantity that is no whole number from 1 to 10,000 is invalid', () => refused(orders([
  ...[0, -1, 1.5, 10_001, '1', null, true, [1], {}].map((quantity) => line({ quantity })),
  ...['1e309', '-1e309', '1e400', '9007199254740993', '1e-7'].map((quantity) => verbatim(`[{"productId":"${productIds[0]}","quantity":${quantity}}]`)),
], 422, 'request-invalid')));

test('keys that reach a prototype, keys that stand twice, NUL, half characters and deep nesting are invalid', () => refused(orders([
  verbatim('[],"__proto__":{"customerId":"x"}'), verbatim('[{"__proto__":{"quantity":1}}]'), verbatim('[],"constructor":{"prototype":{}}'),
  verbatim('[],"\\u005f_proto__":1'), verbatim(`[{"productId":"${productIds[0]}","quantity":1,"quantity":2}]`),
  line({ productId: 'a\0b' }), order({ paymentMethod: 'card\0' }), order({ orderId: 'o\0' }), order({ 'k\0': 1 }),
  verbatim('[{"productId":"\\ud800","quantity":1}]'), order({ lines: [JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`)] }),
], 422, 'request-invalid')));

test('ids of other characters, or too long, are invalid', async () => {
  const odd = ['', ' ', 'a b', '.', '..', '.hidden', 'a/b', 'a\\b', '../x', 'é', 'a:b', 'a,b', "a'b", 'a;b', '%00', 'x'.repeat(65), '💥', '<b>'];
  await refused(orders(odd.flatMap((each) => [order({ orderId: each }), order({ customerId: each }), line({ productId: each })]), 422, 'request-invalid'));
  const inPath = ['a%20b', '.hidden', 'a:b', "a'b", '%C3%A9', 'x'.repeat(65), 'a%00b', '%F0%9F%92%A5', 'a;b'];
  await refused(inPath.flatMap((each): Case[] => [
    ['GET', `/orders/${each}`, {}, 422, 'request-invalid'], ['GET', `/products/${each}`, {}, 422, 'request-invalid'],
    ['POST', `/orders/${each}/cancel`, {}, 422, 'request-invalid'], ['GET', `/customers/${each}`, {}, 422, 'request-invalid'],
  ]));
});

test('an order that makes no sense is refused for what is wrong with it', async () => {
  const two = (first: string, second: string) => order({ lines: [first, second].map((productId) => ({ productId, quantity: 1 })) });
  await refused([
    ...orders([line({ productId: 'unknown' }), two(productIds[0]!, 'unknown')], 422, 'product-unknown'),
    ...orders([two(productIds[0]!, productIds[0]!)], 422, 'product-repeated'), ...orders([order({ customerId: undefined })], 422, 'customer-missing'),
    ...orders([two(productIds[0]!, 'dollars')], 422, 'currency-mixed'),
    ...orders([line({ productId: 'dear', quantity: 2 }), line({ productId: 'dear', quantity: 10_000 })], 422, 'order-too-large'),
    ...orders([order({ orderId })], 409, 'order-exists'),
    ['POST', `/orders/${orderId}/cancel`, {}, 409, 'order-already-confirmed'],
    ['POST', '/orders/unknown/cancel', {}, 404, 'order-unknown'], ['GET', '/orders/unknown', {}, 404, 'order-unknown'],
    ['GET', '/orders/unknown/events', {}, 404, 'order-unknown'],
    ['POST', '/sagas/unknown/resume', {}, 404, 'order-unknown'], ['POST', `/sagas/${orderId}/resume`, {}, 409, 'saga-not-parked'],
  ]);
});

test('a body that is large, compressed or of another type is refused', async () => {
  const large = (size: number) => JSON.stringify(order({ paymentMethod: 'x'.repeat(size) }));
  await refused([
    ['POST', '/orders', { body: large(10 * 1024 * 1024) }, 413, 'body-too-large'], ['POST', '/orders', { body: large(101 * 1024) }, 413, 'body-too-large'],
    ['PUT', `/customers/${customerId}/credit-limit`, { body: large(200_000) }, 413, 'body-too-large'],
    ...['text/plain', 'application/xml', 'application/json; charset=latin1', 'multipart/form-data', ''].map((type): Case =>
      ['POST', '/orders', { body: order(), headers: { 'content-type': type } }, 415, 'media-type-unsupported']),
    ['POST', '/orders', { body: order(), headers: { 'content-encoding': 'gzip' } }, 415, 'media-type-unsupported'],
    ['GET', `/orders/${orderId}/events`, { headers: { accept: 'image/png' } }, 406, 'not-acceptable'],
  ]);
});

test('money is whole minor units, from nothing to nine billion, of one currency', async () => {
  const wrong = [
    ...[-1, 1.5, 9_000_000_001, '5', null].map((amount) => ({ amount, currency: 'EUR' })),
    ...['eur', 'EURO', '', 'E1R', null, 978].map((currency) => ({ amount: 5, currency })),
    5, '5 EUR', null, {}, { amount: 5 }, { currency: 'EUR' }, { amount: 5, currency: 'EUR', scale: 2 },
  ];
  await refused(wrong.flatMap((money): Case[] => [
    ['POST', '/customers', { body: { name: 'Ada', creditLimit: money } }, 422, 'request-invalid'],
    ['POST', '/products', { body: { name: 'Lantern', price: money } }, 422, 'request-invalid'],
    ['PUT', `/customers/${customerId}/credit-limit`, { body: { creditLimit: money } }, 422, 'request-invalid'],
  ]));
  const huge = '{"name":"Ada","creditLimit":{"amount":1e309,"currency":"EUR"}}';
  await refused([['POST', '/customers', { body: huge }, 422, 'request-invalid']]);
});

test('customers and products are registered once, changed only where they are, and never below what is used', () => {
  const eur = (amount: number) => ({ amount, currency: 'EUR' });
  const named = (name: string) => [
    ['POST', '/customers', { body: { name, creditLimit: eur(1) } }, 422, 'request-invalid'], ['POST', '/products', { body: { name, price: eur(1) } }, 422, 'request-invalid'],
  ] as Case[];
  return refused([
    ...named(''), ...named('x'.repeat(201)), ...named('a\0'),
    ['POST', '/customers', { body: { customerId, name: 'Ada', creditLimit: eur(1) } }, 409, 'customer-exists'],
    ['POST', '/products', { body: { productId: 'dear', name: 'Lantern', price: eur(1) } }, 409, 'product-exists'],
    ['PUT', '/customers/unknown/credit-limit', { body: { creditLimit: eur(1) } }, 404, 'customer-unknown'],
    ['PUT', `/customers/${customerId}/credit-limit`, { body: { creditLimit: eur(9_999) } }, 409, 'credit-limit-too-low'],
    ['PUT', `/customers/${customerId}/credit-limit`, { body: { creditLimit: { amount: 20_000, currency: 'USD' } } }, 409, 'currency-mismatch'],
    ['GET', '/customers/unknown', {}, 404, 'customer-unknown'], ['GET', '/products/unknown', {}, 404, 'product-unknown'],
    ['POST', '/products/unknown/stock', { body: { quantity: 1 } }, 404, 'product-unknown'],
    ...[0, -1, 1.5, 1_000_001, '1', null].map((quantity): Case => ['POST', '/products/dear/stock', { body: { quantity } }, 422, 'request-invalid']),
  ]);
});

test('a key that is missing, malformed or of another request is refused', async () => {
  const key = randomUUID();
  const keys = [null, '', ' ', 'a b', 'x'.repeat(129), 'caf\u00e9', 'a\tb'];
  const posts: [string, object][] = [['/orders', order()], ['/customers', { name: 'Ada', creditLimit: { amount: 1, currency: 'EUR' } }],
    ['/products', { name: 'Lantern', price: { amount: 1, currency: 'EUR' } }], ['/products/dear/stock', { quantity: 1 }], [`/orders/${orderId}/cancel`, {}]];
  await refused(posts.flatMap(([target, body]) => keys.map((each): Case => ['POST', target, { key: each, body }, 400, 'idempotency-key-missing'])));
  const placed = await running.place(order(), { key });
  await running.orderOnce(placed.body.orderId);
  await running.verdict();
  before = await running.rows();
  await refused(orders([line({ quantity: 2 }), order({ orderId: 'other' }), order({ paymentMethod: 'card-twice' })], 422, 'idempotency-key-reused')
    .map(([method, target, asked, ...rest]): Case => [method, target, { ...asked, key }, ...rest]));
  const other = await Promise.all(Array.from({ length: 10 }, (_, at) => running.ask('POST', '/orders', { key, body: line({ quantity: 1 + (at % 2) }) })));
  expect(other.map(({ status, body }) => body['code'] ?? status)).toEqual(Array.from({ length: 10 }, (_, at) => at % 2 ? 'idempotency-key-reused' : 202));
});

test('a token that is missing, expired, forged or of another algorithm is not valid', async () => {
  const issuer = await openLocalIssuer({ folder: running.platform.folder, ...identity, clock });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: 'eve', role: 'operator', iss: identity.issuer, aud: identity.audience, iat: now, exp: now + 600 };
  const kid = issuer.jwks.keys[0]!.kid!;
  const bySecret = `${part({ alg: 'HS256', kid })}.${part(claims)}`;
  const other = generateKeyPairSync('ed25519').privateKey;
  const signed = (payload: object) => new SignJWT({ ...payload }).setProtectedHeader({ alg: 'EdDSA', kid }).sign(other);
  const good = await issuer.issue({ customer: customerId });
  const tokens = [
    await issuer.issue({ operator: 'tester' }, -60_000), await signed(claims),
    `${part({ alg: 'none' })}.${part(claims)}.`, `${part({ alg: 'none', kid })}.${part(claims)}.${good.split('.')[2]}`,
    `${bySecret}.${createHmac('sha256', JSON.stringify(issuer.jwks.keys[0])).update(bySecret).digest('base64url')}`,
    `${bySecret}.${createHmac('sha256', issuer.jwks.keys[0]!.x!).update(bySecret).digest('base64url')}`,
    `${good.split('.')[0]}.${part(claims)}.${good.split('.')[2]}`, `${good}x`, 'garbage', '..', 'null', `${good} ${good}`,
  ];
  const wrong: Record<string, string>[] = [...tokens.map((token) => ({ authorization: `Bearer ${token}` })), { authorization: 'Basic b3BlcmF0b3I6' }, { authorization: 'Bearer' }, { authorization: '' }, { authorization: good }];
  await refused(wrong.flatMap((headers): Case[] => [
    ['POST', '/orders', { as: 'nobody', headers, body: order() }, 401, 'token-invalid'], ['GET', '/orders', { as: 'nobody', headers }, 401, 'token-invalid'],
  ]));
  const forged = { 'x-caller': 'operator:eve', 'x-deadline': '99999999999999', 'x-forwarded-user': 'operator' };
  await refused([{}, forged].map((headers): Case => ['POST', '/orders', { as: 'nobody', headers, body: order() }, 401, 'token-missing']));
});

test('a customer may do nothing to or learn nothing of others, nor act as an operator', () => {
  const as = stranger;
  const eur = { amount: 1, currency: 'EUR' };
  return refused([
    ['GET', `/orders/${orderId}`, { as }, 404, 'order-unknown'], ['GET', `/orders/${orderId}/events`, { as }, 404, 'order-unknown'],
    ['GET', `/orders/${orderId}?minVersion=1`, { as }, 404, 'order-unknown'],
    ['POST', `/orders/${orderId}/cancel`, { as }, 404, 'order-unknown'], ['POST', '/orders', { as, body: order() }, 403, 'forbidden'],
    ['GET', `/orders?customerId=${customerId}`, { as }, 403, 'forbidden'], ['GET', `/notifications?customerId=${customerId}`, { as }, 403, 'forbidden'],
    ['GET', `/customers/${customerId}`, { as }, 403, 'forbidden'], ['GET', '/customers/unknown', { as }, 403, 'forbidden'],
    ['POST', '/customers', { as, body: { name: 'Eve', creditLimit: eur } }, 403, 'forbidden'],
    ['PUT', `/customers/${as}/credit-limit`, { as, body: { creditLimit: eur } }, 403, 'forbidden'],
    ['POST', '/products', { as, body: { name: 'x', price: eur } }, 403, 'forbidden'], ['POST', '/products/dear/stock', { as, body: { quantity: 1 } }, 403, 'forbidden'],
    ['POST', `/sagas/${orderId}/resume`, { as }, 403, 'forbidden'], ['GET', '/sagas', { as }, 403, 'forbidden'],
    ['POST', '/history/rebuild', { as }, 403, 'forbidden'], ['DELETE', '/history/rebuild', { as }, 403, 'forbidden'], ['DELETE', '/history/retired', { as }, 403, 'forbidden'], ['GET', '/history/counts', { as }, 403, 'forbidden'],
    ['POST', '/orders', { as, headers: { 'x-caller': `customer:${customerId}` }, body: order() }, 403, 'forbidden'],
  ]);
});

test('questions that cannot be answered are refused: cursors of nobody, limits, states, dates, names', async () => {
  const cursorOf = (text: string) => Buffer.from(text).toString('base64url');
  const cursors = ['', 'bogus', 'x'.repeat(200), cursorOf('o1.1'), cursorOf('o1.01.x'), cursorOf('o1.1.a/b'), cursorOf('o9.1.x'), cursorOf('product:../x'), cursorOf('n1.1.other.x')];
  const list = (target: string) => ['limit=0', 'limit=101', 'limit=-1', 'limit=x', 'limit=1.5', 'limit=1e309', 'limit=', 'limit=1&limit=2', 'unknown=1', '__proto__=1', 'cursor=a&cursor=b', 'cursor=a%00b', 'cursor=%F0%9F%92%A5', `cursor=${'x'.repeat(201)}`]
    .map((query): Case => ['GET', `${target}?${query}`, {}, 422, 'request-invalid']);
  const by = (target: string, code: string) => cursors.map((each): Case => ['GET', `${target}?cursor=${each}`, {}, 422, code]);
  await refused([
    ...list('/orders'), ...list('/products'), ...list('/notifications'),
    ...by('/orders', 'cursor-invalid'), ...by('/products', 'cursor-invalid'), ...by('/notifications', 'cursor-invalid'),
    ...['status=lost', 'status=', 'placedAfter=yesterday', 'placedBefore=2026-13-01T00:00:00Z', 'placedAfter=1', 'customerId=a%20b'].map((query): Case =>
      ['GET', `/orders?${query}`, {}, 422, 'request-invalid']),
    ...['ids=', 'ids=,', 'ids=a,,b', 'ids=a%00', `ids=${Array.from({ length: 101 }, () => 'a').join(',')}`].map((query): Case =>
      ['GET', `/products?${query}`, {}, 422, 'request-invalid']),
    ...['0', '-1', 'x', '1.5', '', '2147483648', '1e309'].map((version): Case => ['GET', `/orders/${orderId}?minVersion=${version}`, {}, 422, 'request-invalid']),
    ['GET', `/orders/${orderId}?minVersion=3`, {}, 503, 'read-model-behind'], ['GET', `/orders/${orderId}/events?minVersion=0`, {}, 422, 'request-invalid'],
  ]);
  expect((await running.ask('GET', '/orders/unknown?minVersion=1')).headers).toMatchObject({ 'retry-after': '1' });
});

test('there is nothing at other addresses, however they are written, and no other method', () => refused([
  ...['/nope', '/orders/', '//orders', '/ORDERS', '/orders/x/y', '/orders/../customers/x', '/orders/..', '/orders/.', '/orders/%2e%2e', '/orders/%2F', '/orders/a%5Cb', '/orders/%zz', '/orders/%',
    '/orders/%C0%80', '/orders;x=1', '/./orders', '/payments/first', '/payments/callbacks', '/history/recent', '/openapi.json/', '/console/../orders/x', '/orders%00', '/orders//events', '/%6frders',
    'http://elsewhere/orders'].map((target): Case => ['GET', target, {}, 404, 'route-unknown']),
  ['DELETE', '/orders', {}, 405, 'method-not-allowed'], ['PATCH', `/orders/${orderId}`, { body: {} }, 405, 'method-not-allowed'],
  ['DELETE', `/orders/${orderId}`, {}, 405, 'method-not-allowed'], ['PUT', '/products', { body: {} }, 405, 'method-not-allowed'],
  ['OPTIONS', '/orders', {}, 405, 'method-not-allowed'], ['TRACE', '/orders', {}, 405, 'method-not-allowed'], ['GET', `/orders/${orderId}/cancel`, {}, 405, 'method-not-allowed'],
  ['GET', '//', {}, 404, 'route-unknown'], ['POST', '/', {}, 404, 'route-unknown'], ['POST', '/openapi.json', {}, 405, 'method-not-allowed'], ['PROPFIND', '/orders', {}, 405, 'method-not-allowed'],
]));

test('a header that is too large is refused', () => refused([
  ['GET', '/orders', { headers: { 'x-large': 'x'.repeat(20_000) } }, 431, 'headers-too-large'],
]));
