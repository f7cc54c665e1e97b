import { connect } from 'node:net';
import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { systemClock } from '../../system/clock.ts';
import { withHealth } from '../health.ts';
import type { Handler, RawRequest } from '../raw.ts';
import { serveAdmin } from './admin.ts';
import { listen, type ListenOptions } from './listen.ts';

const options: ListenOptions = { port: 0, clock: systemClock };

/** A server that keeps what reached it; `use` gets its address. */
async function serving<T>(handler: Handler, use: (url: string, port: number) => Promise<T>, more: Partial<ListenOptions> = {}): Promise<T> {
  const server = await listen(handler, { ...options, ...more });
  try {
    return await use(server.url, server.port);
  } finally {
    await server.stop();
  }
}

const kept: RawRequest[] = [];
const keep: Handler = (request) => {
  kept.push(request);
  return Promise.resolve({ status: 201, headers: { 'x-mine': 'yes' }, body: 'héllo' });
};

/** Writes bytes on a socket and returns all that comes back until the other end closes. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let got = '';
    const socket = connect(port, '127.0.0.1', () => void socket.write(text));
    socket.on('data', (chunk) => { got += chunk.toString(); });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(got));
  });
}

test('a request arrives as it was sent, and the answer goes back as it is', async () => {
  await serving(keep, async (url) => {
    const answer = await fetch(`${url}/a%2Fb/../c?d=%20`.replace('/../', '/..%2f'), { method: 'PUT', body: Buffer.from([0, 255, 10]), headers: { 'X-Given': 'ü'.normalize('NFD').slice(0, 1) } });
    expect([answer.status, await answer.text(), answer.headers.get('x-mine'), answer.headers.get('content-length')]).toEqual([201, 'héllo', 'yes', '6']);
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(kept.at(-1)).toMatchObject({ method: 'PUT', path: '/a%2Fb/..%2fc?d=%20', headers: { 'x-given': 'u' }, body: Buffer.from([0, 255, 10]), remote: '127.0.0.1' });
  });
});

test.each([['announced', 200_000], ['far beyond', 20_000_000]])('a body too large (%s) is answered 413 without reaching the handler', async (_, size) => {
  const before = kept.length;
  await serving(keep, async (url) => {
    const answer = await fetch(url, { method: 'POST', body: Buffer.alloc(size) }).catch(() => undefined);
    if (size < 1_000_000) expect(answer?.status).toBe(413);
    if (answer) expect(await answer.json()).toMatchObject({ status: 413, code: 'body-too-large' });
  });
  expect(kept.length).toBe(before);
});

test('a body of the limit itself arrives; one byte more, sent in chunks of unknown length, does not', async () => {
  const chunked = (size: number) => new ReadableStream<Uint8Array>({
    start(controller) {
      for (let sent = 0; sent < size; sent += 1024) controller.enqueue(new Uint8Array(Math.min(1024, size - sent)));
      controller.close();
    },
  });
  await serving(keep, async (url) => {
    const send = async (size: number) => (await fetch(url, { method: 'POST', body: chunked(size), duplex: 'half' } as RequestInit)).status;
    expect([await send(100 * 1024), await send(100 * 1024 + 1)]).toEqual([201, 413]);
  });
});

test('a sender that goes away in the middle of its body harms nobody', async () => {
  const before = kept.length;
  await serving(keep, async (url, port) => {
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf', () => {
        socket.destroy();
        resolve();
      }));
    });
    expect((await fetch(url)).status).toBe(201);
  });
  expect(kept.length).toBe(before + 1);
});

test('what is not HTTP is turned away as a problem', async () => {
  await serving(keep, async (_, port) => {
    expect(await raw(port, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1.1 400 .*"code":"malformed-http"/s);
    expect(await raw(port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n')).toMatch(/^HTTP\/1.1 400 .*"code":"malformed-http"/s);
    expect(await raw(port, `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 .*"code":"headers-too-large"/s);
  });
});

test('while it drains, it takes new connections, and each answer ends its own', async () => {
  const server = await listen(keep, options);
  server.drain();
  const answers = await raw(server.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'); // comes once the connection has ended
  expect(answers).toMatch(/^HTTP\/1.1 201 .*\r\nconnection: close\r\n/s);
  await server.stop();
});

test('stop finishes requests in hand, closes idle connections and refuses new ones', async () => {
  let release: () => void = () => undefined;
  let arrived: () => void = () => undefined;
  const inHand = new Promise<void>((resolve) => { arrived = resolve; });
  const slow: Handler = async ({ path }) => {
    if (path === '/slow') await new Promise<void>((resolve) => {
      release = resolve;
      arrived();
    });
    return { status: 200, headers: {}, body: 'done' };
  };
  const server = await listen(slow, options);
  expect(await (await fetch(server.url)).text()).toBe('done');
  const answer = fetch(`${server.url}/slow`);
  await inHand;
  const stopped = server.stop();
  await expect(fetch(server.url)).rejects.toThrow();
  release();
  expect(await (await answer).text()).toBe('done');
  expect((await answer).headers.get('connection')).toBe('close');
  await stopped;
});

test('stop waits for a mounted page in hand, and not for its connection', async () => {
  const page = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const server = await listen(keep, { ...options, graceMs: 60_000, mounts: (app) => {
    app.get('/page', async (_, response) => {
      response.write('begun, ');
      arrived.resolve();
      await page.promise;
      response.end('done');
    });
  } });
  const answer = fetch(`${server.url}/page`);
  await arrived.promise;
  const stopped = server.stop();
  page.resolve();
  expect(await (await answer).text()).toBe('begun, done');
  await stopped;
});

test('a request that hangs is cut off when the grace is over', async () => {
  const server = await listen(() => new Promise(() => undefined), { ...options, graceMs: 30 });
  const answer = fetch(server.url);
  await systemClock.sleep(20);
  await server.stop();
  await expect(answer).rejects.toThrow();
});

test('a port that is taken is an error of its own', async () => {
  await serving(keep, async (_, port) => {
    await expect(listen(keep, { ...options, port })).rejects.toMatchObject({ code: 'port-in-use', message: `another program listens on 127.0.0.1:${port}` });
  });
});

test('pages mounted beneath the app come first, and their failures show no stack', async () => {
  const mounts: ListenOptions['mounts'] = (app) => {
    app.get('/page', (_, response) => void response.send('a page'));
    app.get('/broken', () => { throw new Error('secret'); });
  };
  await serving(keep, async (url) => {
    expect(await (await fetch(`${url}/page`)).text()).toBe('a page');
    const broken = await fetch(`${url}/broken`);
    expect([broken.status, await broken.text()]).toEqual([500, expect.not.stringMatching(/secret|at /)]);
    expect((await fetch(`${url}/other`)).status).toBe(201);
  }, { mounts });
});

test('health says live always, ready with reasons why not', async () => {
  let reasons = ['store-unavailable'];
  await serving(withHealth(keep, { unready: () => Promise.resolve(reasons) }), async (url) => {
    const get = async (path: string) => {
      const answer = await fetch(url + path);
      return [answer.status, await answer.json()];
    };
    expect(await get('/health/live')).toEqual([200, { status: 'live' }]);
    expect(await get('/health/ready')).toEqual([503, { status: 'unready', reasons: ['store-unavailable'] }]);
    reasons = [];
    expect(await get('/health/ready')).toEqual([200, { status: 'ready' }]);
    expect((await fetch(`${url}/else`)).status).toBe(201);
  });
});

test('the admin port serves metrics and health, and nothing else', async () => {
  const metrics = new Registry();
  const admin = await serveAdmin({ unready: () => Promise.reject(new Error('broken')) }, metrics, options);
  const status = async (path: string) => (await fetch(admin.url + path)).status;
  expect([await status('/metrics'), await status('/health/live'), await status('/health/ready'), await status('/orders')]).toEqual([200, 200, 503, 404]);
  await admin.stop();
});
