import pg from 'pg';
import type { Clock } from '@tradewind/chassis/clock.ts';
import { settings } from './database.ts';

const CHANNEL = 'tradewind_tasks';
const NOTIFY = { name: 'tasks-notify', text: `select pg_notify('${CHANNEL}', queue) from unnest($1::text[]) queue` };
/** A commit with a NOTIFY in it waits for all others with one: these are few, and no publishing is among them. */
const EVERY_MS = 5;
const AGAIN_AFTER_MS = 500;
const CONNECT_WITHIN_MS = 5_000;

interface Options {
  url: string;
  clock: Clock;
  /** Another process put something into a queue. */
  heard(queue: string): void;
}

/** Hints between processes, over one connection of its own. Hints may be lost: queues are polled as well. */
export class Notices {
  readonly #options: Options;
  readonly #pending = new Set<string>();
  #client: pg.Client | undefined;
  #cancelFlush: (() => void) | undefined;
  #cancelRetry: () => void = () => undefined;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#options.url, keepAlive: true, options: settings('off'), connectionTimeoutMillis: CONNECT_WITHIN_MS,
    });
    client.on('error', () => undefined);
    client.once('end', () => this.#lost(client));
    try {
      await client.connect();
      const { rows: [own] } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      client.on('notification', ({ payload, processId }) => {
        if (payload !== undefined && processId !== own?.pid) this.#options.heard(payload);
      });
      await client.query(`listen ${CHANNEL}`);
      if (this.#closed) await client.end();
      else this.#client = client;
    } catch {
      await client.end().catch(() => undefined);
      this.#lost(client);
    }
  }

  /** Tells the other processes, soon. */
  send(queues: Iterable<string>): void {
    if (!this.#client) return;
    for (const queue of queues) this.#pending.add(queue);
    if (this.#pending.size > 0) this.#cancelFlush ??= this.#options.clock.after(EVERY_MS, () => void this.#flush());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry();
    this.#cancelFlush?.();
    await this.#client?.end().catch(() => undefined);
  }

  /** One at a time: what comes meanwhile goes with the next. */
  async #flush(): Promise<void> {
    const queues = [...this.#pending];
    this.#pending.clear();
    await this.#client?.query({ ...NOTIFY, values: [queues] }).catch(() => undefined);
    this.#cancelFlush = undefined;
    this.send([]);
  }

  #lost(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined;
    if (this.#closed || this.#client) return;
    this.#cancelRetry();
    this.#cancelRetry = this.#options.clock.after(AGAIN_AFTER_MS, () => void this.start());
  }
}
