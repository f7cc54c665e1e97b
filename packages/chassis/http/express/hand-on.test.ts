import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import express from 'express';
import { endToEnd, handOn } from './hand-on.ts';

const servers: Server[] = [];
let there: string;
let elsewhere: string;
let front: AddressInfo;

async function listening(server: Server): Promise<AddressInfo> {
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server.address() as AddressInfo;
}

beforeAll(async () => {
  const says = (what: string) => createServer((incoming, response) => {
    if (incoming.url === '/breaks') {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      return void setTimeout(() => response.destroy(), 20);
    }
    response.end(`${what} ${incoming.method} ${incoming.url}`);
  });
  there = `http://127.0.0.1:${(await listening(says('there'))).port}`;
  elsewhere = `http://127.0.0.1:${(await listening(says('elsewhere'))).port}`;
  const app = express();
  app.use((incoming, response) => handOn(incoming, response, { origin: there, name: 'It', headers: endToEnd(incoming.headers) }));
  front = await listening(createServer(app));
});
afterAll(() => Promise.all(servers.map((server) => { server.closeAllConnections(); return once(server.close(), 'close'); })));

async function send(path: string): Promise<{ status: number | undefined; body: string }> {
  const asking = request({ host: '127.0.0.1', port: front.port, path }).end();
  const [answer] = await once(asking, 'response') as [IncomingMessage];
  return { status: answer.statusCode, body: await text(answer) };
}

test('path and query go on as they came', async () => {
  expect(await send('/a%2Fb?c=d')).toEqual({ status: 200, body: 'there GET /a%2Fb?c=d' });
});

test.each([() => `${elsewhere}/x`, () => `//${elsewhere.slice(7)}/x`])('a request never chooses the host', async (path) => {
  expect(await send(path())).toEqual({ status: 400, body: 'This is no path.\n' });
});

test('an answer that breaks off breaks off', async () => {
  await expect(send('/breaks')).rejects.toThrow(/aborted|terminated|socket hang up/);
});
