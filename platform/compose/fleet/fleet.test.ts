import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Client } from '@tradewind/client/client.ts';
import { testDatabase } from '../../../test/database.ts';
import { databaseNames } from '../services.ts';
import { startFleet, type Fleet } from './fleet.ts';

jest.setTimeout(120_000);

let fleet: Fleet;
let client: Client;
let folder: string;
let drops: (() => Promise<void>)[];
const said: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync('/var/tmp/tradewind-test-');
  const made = await Promise.all([...databaseNames, 'brokers' as const].map(async (name) => ({ name, ...await testDatabase() })));
  drops = made.map(({ drop }) => drop);
  const databases = Object.fromEntries(made.map(({ name, url }) => [name, url]));
  fleet = await startFleet({
    servers: { type: 'postgres', url: (name) => databases[name] ?? '' }, reach: { topology: 'embedded', databases },
    folder, port: 0, logLevel: 'warn', say: (line) => said.push(line),
  });
  const token = fleet.token({ operator: 'tester' });
  client = new Client({ origin: () => fleet.origin, token: () => token, persist: 30_000 });
});
afterAll(async () => {
  await client.close();
  await fleet.stop();
  await Promise.all(drops.map((drop) => drop()));
  rmSync(folder, { recursive: true });
});

const post = async (target: string, body: object) => {
  const reply = await client.send({ method: 'POST', path: target, key: randomUUID(), body });
  if (reply.status >= 300) throw new Error(`${target} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
};
const named = (name: string) => fleet.services.find((each) => each.name === name)!;

/** A verdict with nothing in flight, or the last one there was time for. */
async function settled(acknowledged: Set<string>) {
  for (let attempt = 1; ; attempt += 1) {
    const verdict = await fleet.verdict(() => acknowledged);
    if (!verdict.holds || verdict.inFlight === 0 || attempt === 60) return verdict;
    await sleep(250);
  }
}

test('each service is a process of its own; one that is killed amid orders comes again, and nothing is lost', async () => {
  const pids = fleet.services.map(({ pid }) => pid);
  expect(new Set([process.pid, ...pids]).size).toBe(8);
  await post('/customers', { customerId: 'c-1', name: 'Ada', creditLimit: { amount: 1_000_000, currency: 'EUR' } });
  await post('/products', { productId: 'p-1', name: 'Lantern', price: { amount: 100, currency: 'EUR' } });
  await post('/products/p-1/stock', { quantity: 1_000 });
  const ids = Array.from({ length: 40 }, (_, at) => `o-${at}`);
  await Promise.all(ids.map(async (orderId, at) => {
    if (at === 20) expect([named('inventory').kill(), named('orders').kill()]).toEqual([true, true]);
    await post('/orders', { orderId, customerId: 'c-1', paymentMethod: 'card-ok', lines: [{ productId: 'p-1', quantity: 1 }] });
  }));
  const { holds, inFlight, invariants } = await settled(new Set(ids));
  expect({ holds, inFlight, broken: invariants.filter((each) => !each.holds) }).toEqual({ holds: true, inFlight: 0, broken: [] });
  expect([named('inventory').restarts, named('orders').restarts, named('payments').restarts]).toEqual([1, 1, 0]);
  expect(said).toContain('orders ended (SIGKILL): starting it again in 250 ms');
  expect(await fleet.status()).toMatchObject({ orders: { confirmed: 40 }, brokers: { log: 'postgres', tasks: 'postgres' } });
});

test("the gateway's origin shows console and documents; each process tells its own figures", async () => {
  const get = async (url: string) => (await fetch(url)).text();
  expect(await get(`${fleet.origin}/console/api/session`)).toContain('"token"');
  expect(await get(fleet.origin)).toContain('<title>');
  expect(await get(`${fleet.origin}/docs`)).toContain('swagger');
  expect(await get(`${named('orders').admin}/metrics`)).toMatch(/process_cpu_seconds_total[^]*outbox_rows/);
  expect(await get(`${named('orders').admin}/health/ready`)).toBe('{"status":"ready"}');
});

test('a service that is stopped stays away, and drains: it ends by itself', async () => {
  const service = named('notifications');
  await service.stop();
  expect([service.pid, await service.ready()]).toEqual([undefined, false]);
  service.start();
  await service.untilReady(20_000);
  expect(service.restarts).toBe(0);
  expect(path.dirname(service.log)).toBe(path.join(folder, 'logs'));
});
