import { generateKeyPairSync } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { joseTokens } from '@tradewind/chassis/jose/tokens.ts';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';

let folder: string;
let env: Record<string, string>;
const running: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tradewind-console-'));
  const key = path.join(folder, 'private.pem');
  writeFileSync(key, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const nowhere = 'postgres://ledger:hunter2@127.0.0.1:1/nowhere';
  env = {
    PORT: '0', ADMIN_PORT: '0', IDENTITY_KEY_FILE: key, GATEWAY_URL: 'http://127.0.0.1:1',
    ...Object.fromEntries(['ORDERS', 'CUSTOMERS', 'INVENTORY', 'PAYMENTS', 'PROVIDER', 'NOTIFICATIONS', 'ORDER_HISTORY'].map((name) => [`${name}_DATABASE_URL`, nowhere])),
    KAFKA_BROKERS: '127.0.0.1:1', KAFKA_CA_FILE: key, KAFKA_USERNAME: 'ledger', KAFKA_PASSWORD: 'hunter2',
    RABBITMQ_URL: 'amqps://ledger:hunter2@127.0.0.1:1/tradewind', RABBITMQ_MANAGEMENT_URL: 'https://127.0.0.1:1',
  };
});
afterEach(() => { for (const each of running.splice(0)) each.kill('SIGKILL'); });
afterAll(() => rmSync(folder, { recursive: true }));

function play(more: Record<string, string> = {}) {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts')], { env: { ...env, ...more }, stdio: ['ignore', 'ignore', 'pipe'] });
  running.push(child);
  const said = { err: '' };
  child.stderr.on('data', (chunk: Buffer) => { said.err += chunk.toString(); });
  return { child, said, ended: once(child, 'exit').then(([code]) => code as number | null) };
}

async function urlOf({ said }: ReturnType<typeof play>): Promise<string> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(20)) {
    const url = /"url":"([^"]+)"/.exec(said.err)?.[1];
    if (url) return url;
  }
  throw new Error(`it does not listen: ${said.err}`);
}

test('it serves keys and tokens while every server is away, and says of the rest that it is not there', async () => {
  const console = play();
  const url = await urlOf(console);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect(await (await fetch(`${url}/console`)).text()).toContain('<script');
  const { token } = await (await fetch(`${url}/console/api/session`)).json() as { token: string };
  const tokens = joseTokens({ keys: { url: `${url}/.well-known/jwks.json` }, issuer: 'tradewind-local', audience: 'tradewind', clock });
  expect(await tokens.verify(token)).toEqual({ role: 'operator', name: 'console' });
  expect((await fetch(`${url}/console/api/status`)).status).toBe(503);
  expect((await fetch(`${url}/orders`)).status).toBe(503);
  console.child.kill('SIGTERM');
  expect(await console.ended).toBe(0);
}, 60_000);

test('what the page asks of the API goes on to the gateway as it is, and its answer comes back', async () => {
  const gateway = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part)).on('end', () => {
      response.writeHead(202, { 'content-type': 'text/plain', 'x-seen': 'yes' }).end(`${request.method} ${request.url} ${request.headers.authorization} ${Buffer.concat(parts).toString()}`);
    });
  }).listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  const url = await urlOf(play({ GATEWAY_URL: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}` }));
  const answer = await fetch(`${url}/orders?limit=2`, { method: 'POST', body: 'an order', headers: { authorization: 'Bearer t' } });
  expect([answer.status, answer.headers.get('x-seen'), await answer.text()]).toEqual([202, 'yes', 'POST /orders?limit=2 Bearer t an order']);
  for (const mine of ['/console/unknown', '/CONSOLE/unknown', '/.well-known/jwks.json', '/health/ready']) expect((await fetch(`${url}${mine}`)).headers.get('x-seen')).toBeNull();
  gateway.close();
  gateway.closeAllConnections();
}, 60_000);

test.each([
  ['a variable that is missing', { ORDERS_DATABASE_URL: '', RABBITMQ_URL: '' }, /^console: ORDERS_DATABASE_URL: is missing\n$/],
  ['a key file that is not there', { IDENTITY_KEY_FILE: '/nowhere/private.pem' }, /^console: IDENTITY_KEY_FILE: \/nowhere\/private\.pem cannot be read\n$/],
  ['a key that is none', { IDENTITY_KEY_FILE: import.meta.filename }, /^console: the key is no Ed25519 private key in PEM\n$/],
])('%s is one line, exit 2', async (_, more, says) => {
  const console = play({ ...more, LOG_LEVEL: 'silent' });
  expect(await console.ended).toBe(2);
  expect(console.said.err).toMatch(says);
});
