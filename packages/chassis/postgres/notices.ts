import pg from 'pg';
import type { Clock } from '../clock.ts';

/** A commit with a NOTIFY waits for all others with one: these are few, and none that matters is among them. */
const EVERY_MS = 5;
const CONNECT_WITHIN_MS = 5_000;
const CONNECT_AGAIN_MS = 500;
const GREET_EVERY_MS = 10_000;
const FORGET_AFTER_MS = 3 * GREET_EVERY_MS;
/** PostgreSQL takes 8,000 bytes. */
const MOST_NAMES = 40;

interface Options {
  url: string;
  /** PostgreSQL's channel: the processes that listen to the same hear each other. */
  channel: string;
  clock: Clock;
  /** Another process says that there is something to do under this name. */
  heard(name: string): void;
}

/**
 * Carries hints between the processes on one database, over one connection of its own. Each greets the others from time to time;
 * one that knows of no other says nothing else. A hint may be lost: whoever listens polls as well.
 */
export class Notices {
  readonly #options: Options;
  /** Others, by their connection's process id, and when they were heard last. */
  readonly #peers = new Map<number, number>();
  readonly #pending = new Set<string>();
  #client: pg.Client | undefined;
  #scheduled = false;
  #sentAt = 0;
  #closed = false;
  #cancelTimer: () => void = () => undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Never fails: without a connection there are no hints, and it is tried again. */
  async start(): Promise<void> {
    const { url, channel } = this.#options;
    const client = new pg.Client({
      connectionString: url, keepAlive: true, options: '-c synchronous_commit=off', connectionTimeoutMillis: CONNECT_WITHIN_MS,
    });
    client.on('error', () => undefined);
    client.once('end', () => this.#lost(client));
    try {
      await client.connect();
      const { rows: [own] } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      client.on('notification', ({ payload = '', processId }) => {
        if (processId !== own?.pid) this.#heard(processId, payload);
      });
      await client.query(`listen ${channel}`);
    } catch {
      await client.end().catch(() => undefined);
      return this.#lost(client);
    }
    if (this.#closed) return client.end();
    this.#client = client;
    this.#greet();
  }

  /** Tells the other processes, soon. */
  send(names: Iterable<string>): void {
    if (!this.#client || this.#peers.size === 0) return;
    for (const name of names) this.#pending.add(name);
    if (this.#pending.size > 0) this.#schedule();
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

  /** One at a time: what comes meanwhile goes with the next. */
  async #flush(): Promise<void> {
    this.#sentAt = this.#options.clock.now();
    const names = [...this.#pending].slice(0, MOST_NAMES);
    for (const name of names) this.#pending.delete(name);
    await this.#client?.query({ name: 'notify', text: 'select pg_notify($1, $2)', values: [this.#options.channel, names.join('\n')] })
      .catch(() => undefined);
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

  #heard(peer: number, payload: string): void {
    const stranger = !this.#peers.has(peer);
    this.#peers.set(peer, this.#options.clock.now());
    if (stranger) this.#schedule();
    for (const name of payload.split('\n')) if (name !== '') this.#options.heard(name);
  }

  #lost(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined;
    if (this.#closed || this.#client) return;
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(CONNECT_AGAIN_MS, () => void this.start());
  }
}
