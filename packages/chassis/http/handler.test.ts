import { errorCatalogue } from '@tradewind/events/errors.ts';
import { Refusal } from '@tradewind/events/decider.ts';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { seededRandom } from '../random/seeded.ts';
import { handlerOf } from './handler.ts';
import { Problem } from './problem.ts';
import { route, type Request } from './route.ts';

const NOW = 1_700_000_000_000;
const stopped: Clock = { now: () => NOW, sleep: () => Promise.resolve(), after: () => () => undefined };

/** A small shop, the requests that reached it, and what it logged. */
function shop() {
  const requests: Request[] = [];
  const lines: string[] = [];
  const errors = errorCatalogue('shop', {
    'sold-out': { title: 'Nothing left', canRetry: false },
    'store-unavailable': { title: 'The store does not answer', canRetry: true },
    'log-unavailable': { title: 'The log does not answer', canRetry: true },
    'http-unreachable': { title: 'Nobody listens', canRetry: true },
    'http-timeout': { title: 'No answer', canRetry: true },
    secret: { title: 'password is hunter2', canRetry: false },
  });
  const failures: Record<string, unknown> = {
    refusal: new Refusal('item-reserved', 'Somebody else has it.'),
    problem: new Problem('sold-out', 'All gone.', { headers: { 'retry-after': '60' } }),
    coded: errors.error('sold-out', 'None of 3 left.'),
    store: errors.error('store-unavailable', 'connect ECONNREFUSED db.internal:5432'),
    log: errors.error('log-unavailable'), unreachable: errors.error('http-unreachable'), timeout: errors.error('http-timeout'),
    secret: errors.error('secret'), bug: new TypeError('password is hunter2'), bigint: undefined,
  };
  const seen = (request: Request) => {
    requests.push(request);
    return Promise.resolve({ status: 200, body: { ok: true } });
  };
  const common = { tag: 'items', audience: 'public' as const, problems: ['sold-out', 'item-reserved'], responses: {}, summary: '' };
  const routes = [
    route({
      ...common, method: 'POST', path: '/items', operationId: 'addItem', roles: ['operator'], idempotent: true,
      body: z.strictObject({ name: z.string().min(1), count: z.int().min(1), note: z.unknown().optional() }), handle: seen,
    }),
    route({
      ...common, method: 'GET', path: '/items/{itemId}', operationId: 'getItem', roles: ['customer'],
      params: z.strictObject({ itemId: z.string().max(10) }), query: z.strictObject({ limit: z.coerce.number().int().default(5) }), handle: seen,
    }),
    route({ ...common, method: 'GET', path: '/public', operationId: 'anyone', roles: [], handle: seen }),
    route({ ...common, method: 'GET', path: '/text', operationId: 'text', roles: [], handle: () => Promise.resolve({ status: 200, body: 'héllo' }) }),
    route({
      ...common, method: 'GET', path: '/fail/{how}', operationId: 'fail', roles: [],
      handle: ({ params }) => {
        const failure = failures[(params as { how: string }).how];
        return failure ? Promise.reject(failure) : Promise.resolve({ status: 200, body: 1n });
      },
    }),
  ];
  const problems = {
    'sold-out': { status: 409, title: 'Sold out', help: 'Come back.' }, 'item-reserved': { status: 409, title: 'Reserved', help: 'Wait.' },
  };
  const metrics = new Registry();
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const handle = handlerOf({ name: 'shop', routes, problems }, { clock: stopped, random: seededRandom(1), logger, metrics });
  const send = async (method: string, path: string, headers: Record<string, string> = {}, body: string | Buffer = '') => {
    const answer = await handle({ method, path, headers, body: Buffer.from(body) });
    const type = answer.headers['content-type'] ?? '';
    return { ...answer, json: type.includes('json') && answer.body.length ? JSON.parse(String(answer.body)) as Record<string, unknown> : undefined };
  };
  return { send, requests, lines, metrics };
}

const bare: Record<string, string> = { 'content-type': 'application/json', 'idempotency-key': 'k-1' };
const operator: Record<string, string> = { ...bare, 'x-caller': 'operator:ann' };
const item = JSON.stringify({ name: 'hat', count: 2 });

test('a request reaches its route as its schemas understand it', async () => {
  const { send, requests } = shop();
  const answer = await send('GET', '/items/a%20b?limit=7', { 'x-caller': 'customer:c-1', 'x-deadline': String(NOW + 500) });
  expect(answer.json).toEqual({ ok: true });
  expect(requests[0]).toMatchObject({
    params: { itemId: 'a b' }, query: { limit: 7 }, caller: { role: 'customer', customerId: 'c-1' }, deadline: NOW + 500,
  });
});

test('an answer carries the id and the trace of its request, those it came with or new ones', async () => {
  const { send, requests } = shop();
  const traceparent = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01';
  const answer = await send('GET', '/public', { 'x-request-id': 'r-1', traceparent });
  expect(answer.headers).toMatchObject({ 'x-request-id': 'r-1', traceparent });
  const other = await send('GET', '/public', { 'x-request-id': 'bad id\n', traceparent: `00-${'0'.repeat(32)}-0123456789abcdef-01` });
  expect(other.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(other.headers['traceparent']).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(requests[1]).toMatchObject({ requestId: other.headers['x-request-id'], traceparent: other.headers['traceparent'], deadline: NOW + 10_000 });
});

test.each([
  ['GET', '/nowhere', 404, 'route-unknown'], ['GET', '/items/%', 404, 'route-unknown'], ['DELETE', '/public', 405, 'method-not-allowed'],
  ['OPTIONS', '/items', 405, 'method-not-allowed'], ['GET', '/items/toolongforthis', 422, 'request-invalid'],
  ['GET', '/items/a?limit=many', 422, 'request-invalid'], ['GET', '/items/a?limit=1&limit=2', 422, 'request-invalid'],
  ['GET', '/items/a?__proto__=1', 422, 'request-invalid'], ['GET', '/items/a?other=1', 422, 'request-invalid'],
  ['GET', '/items/%00', 422, 'request-invalid'], ['GET', '/items/a?limit=%00', 422, 'request-invalid'],
])('%s %s is answered %i %s', async (method, path, status, code) => {
  const { send } = shop();
  const answer = await send(method, path, { 'x-caller': 'customer:c-1' });
  expect(answer).toMatchObject({ status, json: { status, code, type: `https://tradewind.dev/problems/${code}` } });
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.headers['allow']).toBe(status === 405 ? (path === '/items' ? 'POST' : 'GET, HEAD') : undefined);
});

test.each<[Record<string, string>, number, string]>([
  [{}, 401, 'token-missing'], [{ 'x-caller': 'customer:c-1' }, 403, 'forbidden'], [{ 'x-caller': 'root' }, 401, 'token-invalid'],
  [{ 'x-caller': 'operator:a, operator:b' }, 401, 'token-invalid'], [{ 'x-caller': 'anonymous:x' }, 401, 'token-invalid'],
])('a caller %j may not add an item', async (caller, status, code) => {
  const { send, requests } = shop();
  const answer = await send('POST', '/items', { ...bare, ...caller }, item);
  expect(answer).toMatchObject({ status, json: { code } });
  expect(answer.headers['www-authenticate'] !== undefined).toBe(status === 401);
  expect(requests).toEqual([]);
});

test('another service may call any route', async () => {
  const { send } = shop();
  expect((await send('POST', '/items', { ...operator, 'x-caller': 'service:orders' }, item)).status).toBe(200);
});

test.each([
  ['{"name":"hat"', 400, 'malformed-json'], ['', 422, 'request-invalid'], ['{"name":"hat","count":0}', 422, 'request-invalid'],
  ['{"name":"hat","count":1e309}', 422, 'request-invalid'], ['{"name":"hat","count":1.5}', 422, 'request-invalid'],
  ['{"name":"hat","count":1,"count":2}', 422, 'request-invalid'], ['{"name":"hat","count":1,"__proto__":{}}', 422, 'request-invalid'],
  ['{"name":"ha\\u0000t","count":1}', 422, 'request-invalid'], ['{"name":"hat","count":1,"note":{"deep":["\\u0000"]}}', 422, 'request-invalid'],
  ['[]', 422, 'request-invalid'], ['null', 422, 'request-invalid'],
])('the body %s is refused', async (body, status, code) => {
  const { send, requests } = shop();
  expect(await send('POST', '/items', operator, body)).toMatchObject({ status, json: { code } });
  expect(requests).toEqual([]);
});

test.each<Record<string, string>>([{ 'content-type': 'text/plain' }, { 'content-type': '' }, { 'content-type': 'application/json; charset=latin1' }, { 'content-encoding': 'gzip' }])(
  'a body with %j is refused', async (headers) => {
    expect((await shop().send('POST', '/items', { ...operator, ...headers }, item)).json).toMatchObject({ code: 'media-type-unsupported' });
  });

test('what is wrong is named by JSON pointer, in few words whatever was sent', async () => {
  const { send } = shop();
  const answer = await send('POST', '/items', operator, '{"name":"","count":"x","a/b":1}');
  expect(answer.json?.['errors']).toEqual(expect.arrayContaining([
    { pointer: '/body/name', detail: expect.any(String) }, { pointer: '/body/count', detail: expect.any(String) },
  ]));
  const huge = await send('POST', '/items', operator, JSON.stringify({ [`k${'x'.repeat(50_000)}`]: 1 }));
  expect(huge.status).toBe(422);
  expect(huge.body.length).toBeLessThan(3_000);
});

test.each([undefined, '', 'two words', 'é', 'x'.repeat(129)])('an idempotent route refuses the key %j', async (key) => {
  const headers: Record<string, string> = { ...operator };
  delete headers['idempotency-key'];
  if (key !== undefined) headers['idempotency-key'] = key;
  const answer = await shop().send('POST', '/items', headers, item);
  expect(answer).toMatchObject({ status: 400, json: { code: 'idempotency-key-missing' } });
});

test('a key is scoped by caller and operation, and its fingerprint tells bodies apart but not the order of fields', async () => {
  const { send, requests } = shop();
  await send('POST', '/items', operator, '{"name":"hat","count":2,"note":{"a":1,"b":2}}');
  await send('POST', '/items', operator, '{"note":{"b":2,"a":1},"count":2,"name":"hat"}');
  await send('POST', '/items', { ...operator, 'x-caller': 'operator:bob' }, '{"name":"hat","count":3}');
  const [first, same, other] = requests.map((request) => request.idempotency);
  expect(first).toMatchObject({ scope: 'operator:ann addItem', key: 'k-1' });
  expect(same).toEqual(first);
  expect(other?.scope).toBe('operator:bob addItem');
  expect(other?.fingerprint).not.toBe(first?.fingerprint);
});

test('a request whose deadline has passed is not begun', async () => {
  const { send, requests } = shop();
  expect(await send('GET', '/public', { 'x-deadline': String(NOW) })).toMatchObject({ status: 504, json: { code: 'deadline-exceeded' } });
  expect(requests).toEqual([]);
});

test.each([
  ['refusal', 409, 'item-reserved', 'Somebody else has it.'], ['problem', 409, 'sold-out', 'All gone.'], ['coded', 409, 'sold-out', 'None of 3 left.'],
  ['store', 503, 'store-unavailable', undefined], ['log', 503, 'service-unavailable', undefined], ['unreachable', 503, 'service-unavailable', undefined],
  ['timeout', 504, 'deadline-exceeded', undefined], ['secret', 500, 'internal', undefined], ['bug', 500, 'internal', undefined], ['bigint', 500, 'internal', undefined],
])('the error %s is answered %i %s', async (how, status, code, detail) => {
  const { send, lines } = shop();
  const answer = await send('GET', `/fail/${how}`, { 'x-request-id': 'r-9' });
  expect(answer).toMatchObject({ status, json: { code, instance: 'r-9' } });
  expect(answer.json?.['detail']).toBe(detail);
  expect(answer.headers['retry-after']).toBe(how === 'problem' ? '60' : status === 503 ? '1' : undefined);
  expect(String(answer.body)).not.toMatch(/hunter2|ECONNREFUSED|\.ts/);
  expect(lines.some((line) => line.includes('r-9'))).toBe(status === 500);
});

test('HEAD is answered like GET, without the body', async () => {
  const { send } = shop();
  const [get, head] = [await send('GET', '/text'), await send('HEAD', '/text')];
  expect(head).toMatchObject({ status: 200, body: '' });
  expect(head.headers['content-length']).toBe(get.headers['content-length']);
  expect(get.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'content-length': '6', 'cache-control': 'no-store' });
});

test('requests are counted and timed by route template', async () => {
  const { send, metrics } = shop();
  await send('GET', '/items/one', { 'x-caller': 'customer:c-1' });
  await send('GET', '/items/two', { 'x-caller': 'customer:c-1' });
  await send('GET', '/nowhere/else');
  const text = await metrics.metrics();
  expect(text).toContain('http_requests_total{service="shop",route="/items/{itemId}",method="GET",status="200"} 2');
  expect(text).toContain('http_requests_total{service="shop",route="none",method="none",status="404"} 1');
  expect(text).toContain('http_request_duration_seconds_count{service="shop",route="/items/{itemId}",method="GET"} 2');
});

test('two services may share one registry', async () => {
  const metrics = new Registry();
  const world = { clock: stopped, random: seededRandom(1), logger: pino({ level: 'silent' }), metrics };
  for (const name of ['one', 'two'])
    await handlerOf({ name, routes: [], problems: {} }, world)({ method: 'GET', path: '/openapi.json', headers: {}, body: Buffer.alloc(0) });
  expect(await metrics.metrics()).toContain('http_requests_total{service="two",route="/openapi.json",method="GET",status="200"} 1');
});
