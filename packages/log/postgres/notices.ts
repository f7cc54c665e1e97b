import pg from 'pg';
import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import { settings } from './database.ts';

const CHANNEL = 'tradewind_log';
/** A commit with a NOTIFY waits for all others with one: these are few, and no publishing is among them. */
const EVERY_MS = 5;
const AGAIN_AFTER_MS = 500;
/** PostgreSQL takes 8,000 bytes. */
const MOST_CHANNELS = 20;

interface Options { url: string; clock: Clock; wakeup: Wakeup; /** Of this process: it need not hear itself. */ id: string }

/** Carries hints between processes, over one connection of its own. A hint may be lost: readers poll as well. */
export class Notices {
  readonly #options: Options;
  readonly #pending = new Set<string>();
  #client: pg.Client | undefined;
  #scheduled = false;
  #sentAt = 0;
  #closed = false;
  #cancelRetry: () => void = () => undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  async start(): Promise<void> {
    if (this.#closed) return;
    const client = new pg.Client({ connectionString: this.#options.url, keepAlive: true, options: settings('off'), connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    client.once('end', () => this.#lost(client));
    client.on('notification', ({ payload = '' }) => this.#heard(payload));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      if (this.#closed) await client.end();
      else this.#client = client;
    } catch {
      await client.end().catch(() => undefined);
      this.#lost(client);
    }
  }

  /** Hints, soon, to the other processes. */
  send(channel: string): void {
    this.#pending.add(channel);
    if (this.#scheduled) return;
    this.#scheduled = true;
    const { clock } = this.#options;
    clock.after(Math.max(0, this.#sentAt + EVERY_MS - clock.now()), () => this.#flush());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry();
    await this.#client?.end().catch(() => undefined);
  }

  #flush(): void {
    this.#scheduled = false;
    this.#sentAt = this.#options.clock.now();
    const channels = [...this.#pending].slice(0, MOST_CHANNELS);
    for (const channel of channels) this.#pending.delete(channel);
    const payload = [this.#options.id, ...channels].join('\n');
    this.#client?.query({ name: 'log-notify', text: `select pg_notify('${CHANNEL}', $1)`, values: [payload] }).catch(() => undefined);
    const [next] = this.#pending;
    if (next !== undefined) this.send(next);
  }

  #heard(payload: string): void {
    const [sender, ...channels] = payload.split('\n');
    if (sender !== this.#options.id) for (const channel of channels) this.#options.wakeup.wake(channel);
  }

  #lost(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined;
    if (this.#closed || this.#client) return;
    this.#cancelRetry();
    this.#cancelRetry = this.#options.clock.after(AGAIN_AFTER_MS, () => void this.start());
  }
}
