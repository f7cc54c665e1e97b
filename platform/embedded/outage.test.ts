import { randomUUID } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RunningPlatform, type Reply } from '../../test/running-platform.ts';

/** Each request must be answered by then, whatever happens: the gateway's deadline, and time to say so. */
const DEADLINE_MS = 11_000;
const WRITERS = 6;
const PAUSE_MS = 60;

let running: RunningPlatform;
beforeAll(async () => { running = await RunningPlatform.start(); });
afterAll(() => running.stop());

interface Buyer { customerId: string; productIds: string[] }
interface Answer { what: string; status: number; code?: unknown; retryAfter?: string; ms: number }

/** Clients that place orders, each again under its key until it is accepted, and clients that read. */
class Load {
  readonly answers: Answer[] = [];
  readonly #clients: Promise<void>[];
  #over = false;

  private constructor(buyers: Buyer[]) {
    const readers = ['/orders', '/products', '/notifications', `/customers/${buyers[0]?.customerId}`].map((target) => () => this.#read(target));
    this.#clients = [...buyers.map((buyer) => () => this.#write(buyer)), ...readers].map((client) => this.#repeat(client));
  }

  static async start(): Promise<Load> {
    return new Load(await Promise.all(Array.from({ length: WRITERS }, () => running.stocked({ products: 3, stock: 1_000_000, credit: 9_000_000_000 }))));
  }

  /** Resolves once so many more orders were accepted. */
  async accepted(more: number): Promise<void> {
    const goal = running.acknowledged.size + more;
    for (const until = Date.now() + 20_000; running.acknowledged.size < goal; await sleep(10))
      if (Date.now() > until) throw new Error(`only ${running.acknowledged.size} of ${goal} orders were accepted`);
  }

  stop(): Promise<void[]> {
    this.#over = true;
    return Promise.all(this.#clients);
  }

  async #repeat(client: () => Promise<void>): Promise<void> {
    while (!this.#over) await client();
  }

  async #write({ customerId, productIds }: Buyer): Promise<void> {
    const lines = productIds.map((productId) => ({ productId, quantity: 1 }));
    const [orderId, key] = [randomUUID(), randomUUID()];
    while (await this.#noted('write', () => running.place({ orderId, customerId, lines }, { key })) !== 202) await sleep(PAUSE_MS);
  }

  async #read(target: string): Promise<void> {
    await this.#noted('read', () => running.ask('GET', target));
    await sleep(PAUSE_MS);
  }

  async #noted(what: string, ask: () => Promise<Reply<object>>): Promise<number> {
    const begun = Date.now();
    const { status, headers, body } = await ask();
    this.answers.push({
      what, status, ms: Date.now() - begun, ...('code' in body && { code: body.code }),
      ...(headers['retry-after'] !== undefined && { retryAfter: headers['retry-after'] }),
    });
    return status;
  }
}

const postmaster = () => Number(readFileSync(path.join(running.dataFolder, 'postmaster.pid'), 'utf8').split('\n')[0]);

test.each<[string, () => Promise<void>]>([
  ['killed', async () => {
    process.kill(postmaster(), 'SIGKILL');
  }],
  ['stopped for two seconds', async () => {
    chmodSync(running.dataFolder, 0o777); // PostgreSQL refuses to start on a folder that others can write to
    process.kill(postmaster(), 'SIGINT');
    await sleep(2_000);
    chmodSync(running.dataFolder, 0o700);
  }],
])('while PostgreSQL is %s, clients are told to come again, and nothing is lost', async (_, strike) => {
  const load = await Load.start();
  await load.accepted(20);
  await strike();
  await load.accepted(40);
  await load.stop();
  const refused = load.answers.filter(({ status }) => status >= 300);
  for (const what of ['write', 'read']) expect(refused.filter((answer) => answer.what === what)).not.toEqual([]);
  expect(refused.filter(({ status, code, retryAfter }) => status !== 503 || !/^(store|service)-unavailable$/.test(String(code)) || retryAfter !== '1')).toEqual([]);
  expect(load.answers.filter(({ ms }) => ms > DEADLINE_MS)).toEqual([]);
  const verdict = await running.verdict();
  expect(verdict.invariants.filter(({ holds }) => !holds)).toEqual([]);
  expect(verdict).toMatchObject({ holds: true, inFlight: 0, orders: { placed: running.acknowledged.size, confirmed: running.acknowledged.size } });
}, 90_000);
