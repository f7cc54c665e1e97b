import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { id } from '@tradewind/events/ids.ts';
import { listen, type Listening } from '@tradewind/chassis/http/express/listen.ts';
import { handlerOf } from '@tradewind/chassis/http/handler.ts';
import { withHealth } from '@tradewind/chassis/http/health.ts';
import { route, type Request, type Route } from '@tradewind/chassis/http/route.ts';
import { undiciHttp } from '@tradewind/chassis/http/undici/client.ts';
import { openLocalIssuer, type LocalIssuer } from '@tradewind/chassis/jose/issuer.ts';
import { joseTokens } from '@tradewind/chassis/jose/tokens.ts';
import type { World } from '@tradewind/chassis/service.ts';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom as random } from '@tradewind/chassis/system/random.ts';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { mountDocs } from './express/docs.ts';
import { gateway, type GatewaySettings } from './service.ts';

const identity = { issuer: 'tradewind-test', audience: 'tradewind', clock };
const world = (): World => ({ clock, random, logger: pino({ level: 'silent' }), metrics: new Registry() });

let folder: string;
let issuer: LocalIssuer;
let customer: Record<string, string>;
const services = new Map<string, Listening>();
const http = undiciHttp({ resolve: (service) => services.get(service)?.url, clock, random });
let reached: (Request & { operation: string })[] = [];

/** A route that says what reached it. */
function recording(definition: Pick<Route, 'method' | 'path' | 'operationId'> & Partial<Route>): Route {
  return route({
    summary: '', tag: 'test', audience: 'public', roles: ['customer', 'operator'], problems: [], responses: { 200: { description: 'Done.' } }, ...definition,
    handle: async (request) => {
      reached.push({ ...request, operation: definition.operationId });
      if (request.headers['prefer'] === 'hang') await clock.sleep(request.deadline - clock.now() + 100);
      return { status: 200, headers: { etag: '"7"', connection: 'keep-alive' }, body: { did: definition.operationId } };
    },
  });
}

async function serve(name: string, routes: Route[]): Promise<void> {
  const handler = handlerOf({ name, routes, problems: {} }, world());
  services.set(name, await listen(withHealth(handler, { unready: () => Promise.resolve([]) }), { port: 0, clock, graceMs: 50 }));
}

const params = z.strictObject({ orderId: id });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  issuer = await openLocalIssuer({ ...identity, folder });
  customer = { authorization: `Bearer ${await issuer.issue({ customer: 'c-1' })}` };
  await serve('orders', [
    recording({ method: 'POST', path: '/orders', operationId: 'placeOrder', body: z.strictObject({ note: z.string() }) }),
    recording({ method: 'POST', path: '/orders/{orderId}/cancel', operationId: 'cancelOrder', params }),
    recording({ method: 'POST', path: '/orders/{orderId}/resume', operationId: 'resumeOrder', params, audience: 'internal', roles: ['operator'] }),
  ]);
  await serve('order-history', [
    recording({ method: 'GET', path: '/orders', operationId: 'listOrders', query: z.looseObject({}) }),
    recording({ method: 'GET', path: '/orders/{orderId}', operationId: 'getOrder', params, roles: [] }),
    recording({ method: 'GET', path: '/orders/{orderId}/events', operationId: 'getEvents', params, roles: [] }),
  ]);
  await serve('inventory', [recording({ method: 'GET', path: '/products', operationId: 'listProducts', roles: [] })]);
});
afterAll(async () => {
  await http.close();
  await Promise.all([...services.values()].map((server) => server.stop()));
  await rm(folder, { recursive: true });
});
beforeEach(() => { reached = []; });

/** A gateway before those services, for as long as `use` takes. */
async function standing<T>(use: (url: string, port: number) => Promise<T>, settings: Partial<GatewaySettings> = {}): Promise<T> {
  const service = gateway({ http, tokens: joseTokens({ ...identity, keys: { jwks: issuer.jwks } }) }, world(), settings);
  const server = await listen(withHealth(service.handler, service), { port: 0, clock, mounts: mountDocs });
  try {
    return await use(server.url, server.port);
  } finally {
    await server.stop();
  }
}

async function get(url: string, init: RequestInit = {}) {
  const answer = await fetch(url, init);
  const text = await answer.text();
  const json = answer.headers.get('content-type')?.includes('json') && text ? JSON.parse(text) as Record<string, unknown> : {};
  return { status: answer.status, code: json['code'], json, text, headers: answer.headers };
}

/** Status and body of an answer to bytes that no well-behaved client would send. */
function raw(port: number, head: string): Promise<string> {
  return new Promise((resolve) => {
    let got = '';
    const socket = connect(port, '127.0.0.1', () => void socket.write(`${head}\r\nHost: x\r\nConnection: close\r\n\r\n`));
    socket.on('data', (chunk) => { got += chunk.toString(); });
    socket.on('close', () => resolve(got));
  });
}

test('a request goes to the service of its route, and the answer comes back', async () => {
  await standing(async (url) => {
    const placed = await get(`${url}/orders`, { method: 'POST', headers: { ...customer, 'content-type': 'application/json' }, body: '{"note":"é"}' });
    expect(placed).toMatchObject({ status: 200, json: { did: 'placeOrder' } });
    expect(placed.headers.get('etag')).toBe('"7"');
    expect(reached[0]).toMatchObject({ body: { note: 'é' }, caller: { role: 'customer', customerId: 'c-1' } });
    const listed = await get(`${url}/orders?status=placed&cursor=a%2Fb`, { headers: customer });
    expect(listed.json).toEqual({ did: 'listOrders' });
    expect(reached[1]?.query).toEqual({ status: 'placed', cursor: 'a/b' });
    const head = await fetch(`${url}/orders/o-1`, { method: 'HEAD', headers: customer });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, String('{"did":"getOrder"}'.length), '']);
  });
});

test('nobody can say who they are but by their token', async () => {
  await standing(async (url) => {
    const forged = { 'x-caller': 'operator:mallory', 'x-deadline': '1', 'x-forwarded-for': '10.0.0.1' };
    await get(`${url}/orders/o-1`, { headers: { ...customer, ...forged } });
    expect(reached[0]?.caller).toEqual({ role: 'customer', customerId: 'c-1' });
    expect(reached[0]?.headers).not.toHaveProperty('x-forwarded-for');
    expect(reached[0]?.headers).not.toHaveProperty('authorization');
    await get(`${url}/products`, { headers: forged });
    expect(reached[1]?.caller).toEqual({ role: 'anonymous' });
    expect(await get(`${url}/orders/o-1`, { headers: forged })).toMatchObject({ status: 401, code: 'token-missing' });
  });
});

test('the deadline of a request is the gateway’s, and travels on with id and trace', async () => {
  await standing(async (url) => {
    const before = clock.now();
    const traceparent = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01';
    const answer = await get(`${url}/orders/o-1`, { headers: { ...customer, 'x-deadline': '9999999999999', traceparent, 'x-request-id': 'r-5' } });
    expect(reached[0]!.deadline).toBeGreaterThanOrEqual(before + 2_000);
    expect(reached[0]!.deadline).toBeLessThanOrEqual(clock.now() + 2_000);
    expect(reached[0]).toMatchObject({ requestId: 'r-5', traceparent });
    expect([answer.headers.get('x-request-id'), answer.headers.get('traceparent')]).toEqual(['r-5', traceparent]);
  }, { patience: 2_000 });
});

test('a service that does not answer in time is 504', async () => {
  await standing(async (url) => {
    expect(await get(`${url}/orders/o-1`, { headers: { ...customer, prefer: 'hang' } })).toMatchObject({ status: 504, code: 'deadline-exceeded' });
  }, { patience: 60 });
});

test('a service that cannot be reached is 503 with Retry-After', async () => {
  await standing(async (url) => {
    const answer = await get(`${url}/notifications`, { headers: customer });
    expect(answer).toMatchObject({ status: 503, code: 'service-unavailable' });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.text).not.toMatch(/notifications|127\.0\.0\.1/);
  });
});

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = { sub: 'c-1', role: 'operator', iss: identity.issuer, aud: identity.audience, exp: 4_000_000_000 };

test.each<[string, string, () => string | undefined | Promise<string>]>([
  ['no header', 'token-missing', () => undefined],
  ['another scheme', 'token-invalid', () => 'Basic YTpi'],
  ['no token', 'token-invalid', () => 'Bearer '],
  ['two tokens', 'token-invalid', () => 'Bearer a b'],
  ['garbage', 'token-invalid', () => 'Bearer garbage'],
  ['an expired token', 'token-invalid', async () => `Bearer ${await issuer.issue({ customer: 'c-1' }, -60_000)}`],
  ['the algorithm none', 'token-invalid', () => `Bearer ${part({ alg: 'none' })}.${part(claims)}.`],
  ['a shared secret', 'token-invalid', () => {
    const text = `${part({ alg: 'HS256' })}.${part(claims)}`;
    return `Bearer ${text}.${createHmac('sha256', JSON.stringify(issuer.jwks)).update(text).digest('base64url')}`;
  }],
  ['another issuer', 'token-invalid', async () => {
    const other = await openLocalIssuer({ ...identity, folder: join(folder, 'other') });
    return `Bearer ${await other.issue({ operator: 'mallory' })}`;
  }],
  ['another audience', 'token-invalid', async () => {
    const other = await openLocalIssuer({ ...identity, audience: 'elsewhere', folder });
    return `Bearer ${await other.issue({ operator: 'ann' })}`;
  }],
])('with %s nothing is reached: %s', async (_, code, header) => {
  const authorization = await header();
  await standing(async (url) => {
    const answer = await get(`${url}/orders/o-1`, { headers: authorization === undefined ? {} : { authorization } });
    expect(answer).toMatchObject({ status: 401, code });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    if (authorization !== undefined) expect((await get(`${url}/products`, { headers: { authorization } })).status).toBe(401);
  });
  expect(reached).toEqual([]);
});

test.each([
  ['GET', '/'], ['GET', '/nowhere'], ['GET', '//orders'], ['GET', '/orders/'], ['GET', '/orders//events'], ['GET', '/orders/..%2fcustomers'],
  ['GET', '/orders/o-1%2fevents'], ['GET', '/orders/%2e%2e/products'], ['GET', '/orders/../products'], ['GET', '/orders/./o-1'], ['GET', '/orders/..'],
  ['GET', '/orders/o-1\\events'], ['GET', '/orders/%'], ['GET', '/Orders'], ['GET', '/%6frders'], ['GET', '/orders;a=b'], ['GET', '*'],
  ['GET', 'http://inventory/products'], ['GET', '/metrics'], ['POST', '/orders/o-1/resume'], ['GET', '/health/live/x'], ['GET', '/docs/assets/index.html'],
  ['GET', '/docs/..%2fservice.ts'], ['GET', '/docs/assets/..%2fpackage.json'],
])('%s %s leads nowhere', async (method, target) => {
  await standing(async (_, port) => {
    const answer = await raw(port, `${method} ${target} HTTP/1.1\r\nAuthorization: ${customer['authorization']}`);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).toContain('"code":"route-unknown"');
  });
  expect(reached).toEqual([]);
});

test('a strange id reaches its own route and is refused there', async () => {
  await standing(async (url) => {
    for (const strange of ['%00', 'a%20b', '%2541', '.hidden', "'%20or%201=1--", 'x'.repeat(65), '%F0%9F%98%80'])
      expect(await get(`${url}/orders/${strange}`, { headers: customer })).toMatchObject({ status: 422, code: 'request-invalid' });
  });
  expect(reached).toEqual([]);
});

test('a method that a resource does not have is 405 with those it has', async () => {
  await standing(async (url) => {
    const answer = await get(`${url}/orders`, { method: 'DELETE', headers: customer });
    expect([answer.status, answer.code, answer.headers.get('allow')]).toEqual([405, 'method-not-allowed', 'GET, HEAD, POST']);
  });
});

test('a body that is too large or malformed gets no further than it must', async () => {
  await standing(async (url) => {
    const post = (body: string) => get(`${url}/orders`, { method: 'POST', headers: { ...customer, 'content-type': 'application/json' }, body });
    expect(await post(JSON.stringify({ note: 'x'.repeat(200_000) }))).toMatchObject({ status: 413, code: 'body-too-large' });
    expect(await post(JSON.stringify({ note: 'x'.repeat(10_000_000) }))).toMatchObject({ status: 413, code: 'body-too-large' });
    expect(await post('{"note":')).toMatchObject({ status: 400, code: 'malformed-json' });
    expect(await post('{"note":1,"note":"a"}')).toMatchObject({ status: 422, code: 'request-invalid' });
  });
  expect(reached).toEqual([]);
});

test('a caller over its rate is told how long to wait, and others are not held up', async () => {
  const other = { authorization: `Bearer ${await issuer.issue({ customer: 'c-2' })}` };
  await standing(async (url) => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => get(`${url}/orders/o-1`, { headers: customer })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 200, 429, 429]);
    const refused = answers.find((answer) => answer.status === 429);
    expect([refused?.code, refused?.headers.get('retry-after')]).toEqual(['rate-limited', '10']);
    expect((await get(`${url}/orders/o-1`, { headers: other })).status).toBe(200);
  }, { rate: { perSecond: 0.1, burst: 2, callers: 10 } });
});

test('more requests than it can take in hand are 503, and it recovers', async () => {
  await standing(async (url) => {
    const slow = [1, 2].map(() => get(`${url}/orders/o-1`, { headers: { ...customer, prefer: 'hang' } }));
    while (reached.length < 2) await clock.sleep(2);
    expect(await get(`${url}/orders/o-1`, { headers: customer })).toMatchObject({ status: 503, code: 'service-unavailable' });
    expect((await Promise.all(slow)).map((answer) => answer.status)).toEqual([504, 504]);
    expect((await get(`${url}/orders/o-1`, { headers: customer })).status).toBe(200);
  }, { inFlight: 2, patience: 300 });
});

test('the document describes the public operations that are routed, and no others', async () => {
  await standing(async (url) => {
    const { json } = await get(`${url}/openapi.json`);
    expect(Object.keys(json['paths'] as object).sort()).toEqual(['/orders', '/orders/{orderId}', '/orders/{orderId}/cancel', '/orders/{orderId}/events', '/products']);
    expect(json['openapi']).toBe('3.1.0');
  });
});

test('the pages at /docs are served whole, with a policy that keeps other scripts out', async () => {
  await standing(async (url) => {
    const page = await get(`${url}/docs`);
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/);
    const parts = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((found) => found[1]);
    expect(parts.length).toBe(4);
    for (const each of parts) expect([each, (await get(url + each)).status]).toEqual([each, 200]);
    expect(page.text).not.toMatch(/<script>|https?:/);
  });
});

test('ready says which services answer', async () => {
  await standing(async (url) => {
    const services = { orders: 'ready', 'order-history': 'ready', inventory: 'ready', customers: 'unreachable', notifications: 'unreachable', payments: 'unreachable' };
    expect(await get(`${url}/health/ready`)).toMatchObject({ status: 200, json: { status: 'ready', services } });
    expect(await get(`${url}/health/live`)).toMatchObject({ status: 200, json: { status: 'live' } });
  });
});

test('it is ready once a service was, and stays so when they are away: a 503 tells more than a connection that nobody takes', async () => {
  const reasons: string[] = ['starting'];
  const handler = handlerOf({ name: 'late', routes: [], problems: {} }, world());
  const late = await listen(withHealth(handler, { unready: () => Promise.resolve(reasons) }), { port: 0, clock, graceMs: 50 });
  services.set('late', late);
  const untilAsked = () => clock.sleep(1_100); // it asks once a second at most
  await standing(async (url) => {
    expect(await get(`${url}/health/ready`)).toMatchObject({ status: 503, json: { reasons: ['no service was ready yet'], services: { late: 'unready' } } });
    reasons.length = 0;
    await untilAsked();
    expect(await get(`${url}/health/ready`)).toMatchObject({ status: 200, json: { services: { late: 'ready' } } });
    await late.stop();
    await untilAsked();
    expect(await get(`${url}/health/ready`)).toMatchObject({ status: 200, json: { status: 'ready', services: { late: 'unreachable' } } });
  }, { services: ['late'] });
  services.delete('late');
});
