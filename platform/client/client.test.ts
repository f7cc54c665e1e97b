import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from './client.ts';

let server: Server;
let client: Client;
let keys: (string | undefined)[];
let answers: ((response: ServerResponse) => void)[];

beforeEach(async () => {
  [keys, answers] = [[], []];
  server = createServer((request, response) => {
    keys.push(request.headers['idempotency-key'] as string | undefined);
    const answer = answers.shift() ?? ((last) => last.writeHead(200, { 'content-type': 'application/json' }).end('{"well":true}'));
    answer(response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  client = clientOf(10_000);
});
afterEach(async () => {
  await client.close();
  server.close();
});

function clientOf(persist: number): Client {
  return new Client({ origin: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: () => Promise.resolve('t'), persist });
}
const refusal = (status: number, headers = {}) => (response: ServerResponse) => void response.writeHead(status, headers).end();

test('what is turned away is sent again under the same key, no sooner than told', async () => {
  answers = [refusal(503, { 'retry-after': '1' }), refusal(429), refusal(504), (response) => void response.destroy()];
  const begun = Date.now();
  expect(await client.send({ method: 'POST', path: '/orders', body: {}, key: 'k' })).toMatchObject({ status: 200, body: { well: true } });
  expect(Date.now() - begun).toBeGreaterThanOrEqual(1_000);
  expect(keys).toEqual(Array.from({ length: 5 }, () => 'k'));
  expect([client.resent, [...client.resends.keys()]]).toEqual([4, ['503', '429', '504', 'UND_ERR_SOCKET']]);
});

test('what is refused is not sent again', async () => {
  answers = [refusal(409)];
  expect(await client.send({ method: 'POST', path: '/orders' })).toMatchObject({ status: 409 });
  expect(keys).toHaveLength(1);
});

test('it gives up when an outage lasts too long, and at once when it is closed', async () => {
  const impatient = clientOf(200);
  answers = Array.from({ length: 20 }, () => refusal(503, { 'retry-after': '1' }));
  expect(await impatient.send({ method: 'GET', path: '/' })).toMatchObject({ status: 503 });
  expect(keys).toHaveLength(1);
  await impatient.close();
  await expect(impatient.send({ method: 'GET', path: '/' })).rejects.toThrow();
});

test('told to hurry, it waits out no outage any longer', async () => {
  answers = Array.from({ length: 20 }, () => refusal(503));
  const begun = Date.now();
  const asked = client.send({ method: 'GET', path: '/' });
  client.hurry();
  expect(await asked).toMatchObject({ status: 503 });
  expect(Date.now() - begun).toBeLessThan(2_000);
});
