import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import type { Announcement } from '@tradewind/embedded/folder.ts';
import { startPlatform, type Platform } from '@tradewind/embedded/platform.ts';
import type { Verdict } from '@tradewind/ledger/verdict.ts';
import { untilSettled } from '@tradewind/ledger/wait.ts';
import pg from 'pg';

const SETTLE_WITHIN_MS = 60_000;

/** Body of an answer, as far as tests look at it. */
export interface Json { [name: string]: unknown }
export interface Reply<Body = Json> { status: number; headers: Record<string, string>; body: Body; text: string }

export interface Asked {
  /** A customer's id, `operator` (the default), `nobody` for no token at all. */
  as?: string;
  /** Idempotency key; a POST has one of its own unless this is null. */
  key?: string | null;
  /** Sent as JSON; a string or bytes go out as they are. */
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Order {
  orderId: string; customerId: string; status: string; saga?: string; reason?: string; version: number; total: { amount: number };
}

export interface NewOrder { orderId?: string; customerId?: string; paymentMethod?: string; lines: { productId: string; quantity: number }[] }

/** A whole platform in this process, on a fresh folder, and a client of its API. */
export class RunningPlatform {
  readonly platform: Platform;
  readonly #folder: string;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #tokens = new Map<string, Promise<string>>();
  /** Orders that a 202 was seen for. */
  readonly acknowledged = new Set<string>();

  private constructor(platform: Platform, folder: string) {
    this.platform = platform;
    this.#folder = folder;
  }

  static async start(): Promise<RunningPlatform> {
    const folder = mkdtempSync('/var/tmp/tradewind-test-');
    chmodSync(folder, 0o755);
    return new RunningPlatform(await startPlatform({ port: 0, data: folder, say: () => undefined, logLevel: 'silent' }), folder);
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    await this.platform.stop();
    rmSync(this.#folder, { recursive: true });
  }

  /** Of PostgreSQL. */
  get dataFolder(): string {
    return path.join(this.#folder, 'postgres');
  }

  /** Connection string of each database, as announced to other programs. */
  get databases(): Announcement['databases'] {
    return (JSON.parse(readFileSync(path.join(this.#folder, 'platform.json'), 'utf8')) as Announcement).databases;
  }

  async ask<Body = Json>(method: string, target: string, { as = 'operator', key, body, headers }: Asked = {}): Promise<Reply<Body>> {
    const all: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    if (as !== 'nobody') all['authorization'] = `Bearer ${await this.token(as)}`;
    if (key !== null && (key !== undefined || method === 'POST')) all['idempotency-key'] = key ?? randomUUID();
    return this.exchange<Body>(method, target, bytesOf(body), { ...all, ...headers });
  }

  /** One request as it stands: nothing is added to its path or headers. */
  exchange<Body = Json>(method: string, target: string, body: string | Buffer | undefined, headers: Record<string, string>): Promise<Reply<Body>> {
    const { hostname, port } = new URL(this.platform.origin);
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const sent = request({ hostname, port, method, path: target, headers: { ...length, ...headers }, agent: this.#agent }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject).on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const json = (answer.headers['content-type'] ?? '').includes('json') && text !== '';
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers as Record<string, string>, text, body: (json ? JSON.parse(text) : undefined) as Body });
        });
      });
      sent.on('error', reject).end(body);
    });
  }

  token(as: string): Promise<string> {
    const token = this.#tokens.get(as) ?? this.platform.token(as === 'operator' ? { operator: 'tester' } : { customer: as });
    this.#tokens.set(as, token);
    return token;
  }

  /** Registers what orders need. @returns the ids, which no other test has. */
  async stocked({ products = 1, stock = 100, price = 1_000, credit = 10_000_000 } = {}): Promise<{ customerId: string; productIds: string[] }> {
    const customerId = `c-${randomUUID()}`;
    const productIds = Array.from({ length: products }, () => `p-${randomUUID()}`);
    const currency = 'EUR';
    await this.#made('/customers', { customerId, name: 'Ada', creditLimit: { amount: credit, currency } });
    await Promise.all(productIds.map(async (productId) => {
      await this.#made('/products', { productId, name: 'Lantern', price: { amount: price, currency } });
      await this.#made(`/products/${productId}/stock`, { quantity: stock });
    }));
    return { customerId, productIds };
  }

  async #made(target: string, body: object): Promise<void> {
    const { status, text } = await this.ask('POST', target, { body });
    if (status !== 201 && status !== 200) throw new Error(`${target} answered ${status}: ${text}`);
  }

  /** Places an order as the operator; a 202 is remembered for the verdict. */
  async place(order: NewOrder, asked: Asked = {}): Promise<Reply<Order>> {
    const reply = await this.ask<Order>('POST', '/orders', { body: { paymentMethod: 'card-ok', ...order }, ...asked });
    if (reply.status === 202) this.acknowledged.add(reply.body.orderId);
    return reply;
  }

  order(orderId: string): Promise<Reply<Order>> {
    return this.ask<Order>('GET', `/orders/${orderId}`);
  }

  /** The order once `fits`, which its saga has `ended` unless said otherwise. */
  async orderOnce(orderId: string, fits = (order: Order) => order.saga === 'ended', withinMs = SETTLE_WITHIN_MS): Promise<Order> {
    for (const until = Date.now() + withinMs; ;) {
      const { status, body } = await this.order(orderId);
      if (status === 200 && fits(body)) return body;
      if (Date.now() > until) throw new Error(`order ${orderId} stays as it is: ${JSON.stringify(body)}`);
      await sleep(10);
    }
  }

  /** Places one and waits until its saga has ended. */
  async settle(order: NewOrder): Promise<Order> {
    const { status, body, text } = await this.place(order);
    if (status !== 202) throw new Error(`placing answered ${status}: ${text}`);
    return this.orderOnce(body.orderId);
  }

  /** What the ledger says once nothing is in flight any more. */
  verdict(): Promise<Verdict> {
    return untilSettled(() => this.platform.verdict(() => this.acknowledged), { clock, waitMs: SETTLE_WITHIN_MS });
  }

  /** Rows of each table of each database. */
  async rows(): Promise<Record<string, number>> {
    const counted = await Promise.all(Object.entries(this.databases).map(([name, url]) => withClient(url, async (client) => {
      const { rows } = await client.query<{ name: string; n: string }>(COUNT);
      return rows.map((row) => [`${name}.${row.name}`, Number(row.n)] as const);
    })));
    return Object.fromEntries(counted.flat());
  }
}

function bytesOf(body: unknown): string | Buffer | undefined {
  return body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

/** Counts, not estimates: each table is asked by the server itself. */
const COUNT = `select table_schema || '.' || table_name as name,
    (xpath('/row/n/text()', query_to_xml(format('select count(*) n from %I.%I', table_schema, table_name), false, true, '')))[1]::text as n
  from information_schema.tables
  where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`;

/** A connection beside those of the platform. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return work(client).finally(() => client.end());
}
