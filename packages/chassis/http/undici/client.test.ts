import { createServer, type AddressInfo, type Server } from 'node:net';
import { expect, test } from '@jest/globals';
import { systemClock as clock } from '../../system/clock.ts';
import { httpContract } from '../client.contract.ts';
import { systemRandom as random } from '../../system/random.ts';
import { listen } from '../express/listen.ts';
import { undiciHttp } from './client.ts';

httpContract('undici', async (shop) => {
  const server = await listen(shop, { port: 0, clock, graceMs: 50 });
  const http = undiciHttp({ resolve: (service) => (service === 'shop' ? server.url : undefined), clock, random });
  return { http, close: () => http.close().then(() => server.stop()) };
});

const request = (deadlineMs: number) => ({ service: 'shop', method: 'POST', path: '/', headers: {}, body: 'x', deadline: clock.now() + deadlineMs });
const listening = (server: Server) => new Promise<number>((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
});

test('a port where nobody listens is http-unreachable, at once', async () => {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  const http = undiciHttp({ resolve: () => `http://127.0.0.1:${port}`, clock, random });
  await expect(http.send(request(60_000))).rejects.toMatchObject({ code: 'http-unreachable', message: expect.stringContaining('ECONNREFUSED') });
  await http.close();
});

test('a connection that breaks after the request was sent leaves the effect unknown: http-timeout', async () => {
  const server = createServer((socket) => socket.once('data', () => socket.destroy()));
  const port = await listening(server);
  const http = undiciHttp({ resolve: () => `http://127.0.0.1:${port}`, clock, random });
  await expect(http.send(request(60_000))).rejects.toMatchObject({ code: 'http-timeout' });
  await http.close();
  server.close();
});

test('a request that waits for a connection past its deadline is never sent', async () => {
  const paths: string[] = [];
  let release: () => void = () => undefined;
  const server = await listen(async ({ path }) => {
    paths.push(path);
    if (path === '/first') await new Promise<void>((resolve) => { release = resolve; });
    return { status: 200, headers: {}, body: '' };
  }, { port: 0, clock });
  const http = undiciHttp({ resolve: () => server.url, clock, random, connections: 1 });
  const first = http.send({ ...request(60_000), path: '/first' });
  await expect(http.send({ ...request(30), path: '/late' })).rejects.toMatchObject({ code: 'http-timeout' });
  release();
  await first;
  await http.send({ ...request(60_000), path: '/third' });
  expect(paths).toEqual(['/first', '/third']);
  await http.close();
  await server.stop();
});

test('a service that restarts on the same port is reached again', async () => {
  const first = await listen(() => Promise.resolve({ status: 200, headers: {}, body: 'one' }), { port: 0, clock });
  const http = undiciHttp({ resolve: () => first.url, clock, random });
  expect((await http.send(request(5_000))).body.toString()).toBe('one');
  await first.stop();
  await expect(http.send(request(5_000))).rejects.toMatchObject({ canRetry: true });
  const second = await listen(() => Promise.resolve({ status: 200, headers: {}, body: 'two' }), { port: first.port, clock });
  expect((await http.send(request(5_000))).body.toString()).toBe('two');
  await http.close();
  await second.stop();
});

test('several origins of one service take turns', async () => {
  const servers = await Promise.all(['a', 'b'].map((body) => listen(() => Promise.resolve({ status: 200, headers: {}, body }), { port: 0, clock })));
  const http = undiciHttp({ resolve: () => servers.map((server) => server.url), clock, random });
  const answers = [];
  for (let asked = 0; asked < 4; asked += 1) answers.push((await http.send(request(5_000))).body.toString());
  expect(answers).toEqual(['a', 'b', 'a', 'b']);
  await http.close();
  await Promise.all(servers.map((server) => server.stop()));
});

test('where a connection cannot be opened, the next origin is tried', async () => {
  const [gone, there] = await Promise.all(['gone', 'there'].map((body) => listen(() => Promise.resolve({ status: 200, headers: {}, body }), { port: 0, clock })));
  await gone!.stop();
  const http = undiciHttp({ resolve: () => [gone!.url, there!.url], clock, random });
  const post = { ...request(5_000), method: 'POST' };
  expect((await http.send(post)).body.toString()).toBe('there');
  await http.close();
  await there!.stop();
});
