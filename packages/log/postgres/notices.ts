import pg from 'pg';
import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import { settings } from './database.ts';

const CHANNEL = 'tradewind_log';
/** A commit with a NOTIFY waits for all others with one: these are few, and no publishing is among them. */
const EVERY_MS = 5;
const CONNECT_AGAIN_MS = 500;
const GREET_EVERY_MS = 10_000;
const FORGET_AFTER_MS = 3 * GREET_EVERY_MS;
/** PostgreSQL takes 8,000 bytes. */
const MOST_CHANNELS = 40;

interface Options { url: string; clock: Clock; wakeup: Wakeup; /** Of this process: it need not hear itself. */ id: string }

/**
 * Carries hints between processes, over one connection of its own. Each greets the others from time to
 * time; one that knows of no other says nothing else. A hint may be lost: readers poll as well.
 */
export class Notices {
  readonly #options: Options;
  /** Others, and when they greeted last. */
  readonly #peers = new Map<string, number>();
  readonly #pending = new Set<string>();
  #client: pg.Client | undefined;
  #scheduled = false;
  #sentAt = 0;
  #closed = false;
  #cancelTimer: () => void = () => undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#options.url, keepAlive: true, options: settings('off'), connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    client.once('end', () => this.#lost(client));
    client.on('notification', ({ payload = '' }) => this.#heard(payload));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
    } catch {
      await client.end().catch(() => undefined);
      return this.#lost(client);
    }
    if (this.#closed) return client.end();
    this.#client = client;
    this.#greet();
  }

  /** Hints, soon, to the other processes. */
  send(channel: string): void {
    if (!this.#client || this.#peers.size === 0) return;
    this.#pending.add(channel);
    this.#schedule();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimer();
    await this.#client?.end().catch(() => undefined);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const { clock } = this.#options;
    const wait = this.#sentAt + EVERY_MS - clock.now();
    clock.after(wait > 0 && wait <= EVERY_MS ? wait : 0, () => void this.#flush());
  }

  async #flush(): Promise<void> {
    this.#sentAt = this.#options.clock.now();
    const channels = [...this.#pending].slice(0, MOST_CHANNELS);
    for (const channel of channels) this.#pending.delete(channel);
    await this.#client?.query({
      name: 'log-notify', text: `select pg_notify('${CHANNEL}', $1)`, values: [[this.#options.id, ...channels].join('\n')],
    }).catch(() => undefined);
    this.#scheduled = false;
    if (this.#pending.size > 0) this.#schedule();
  }

  /** Lets the others know that someone listens, which is what an empty message says. */
  #greet(): void {
    const { clock } = this.#options;
    for (const [peer, at] of this.#peers) if (at + FORGET_AFTER_MS < clock.now()) this.#peers.delete(peer);
    this.#schedule();
    this.#cancelTimer();
    this.#cancelTimer = clock.after(GREET_EVERY_MS, () => this.#greet());
  }

  #heard(payload: string): void {
    const [sender = '', ...channels] = payload.split('\n');
    if (sender === this.#options.id) return;
    const stranger = !this.#peers.has(sender);
    this.#peers.set(sender, this.#options.clock.now());
    if (stranger) this.#schedule();
    for (const channel of channels) this.#options.wakeup.wake(channel);
  }

  #lost(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined;
    if (this.#closed || this.#client) return;
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(CONNECT_AGAIN_MS, () => void this.start());
  }
}
