import pg from 'pg';
import type { Clock } from '../clock.ts';

/** A commit with a NOTIFY waits for all others with one: these are few, and none that matters is among them. */
const EVERY_MS = 5;
const CONNECT_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 5_000;
const CLOSE_WITHIN_MS = 1_000;
const CONNECT_AGAIN_MS = 500;
const GREET_EVERY_MS = 10_000;
const FORGET_AFTER_MS = 3 * GREET_EVERY_MS;
/** PostgreSQL takes 8,000 bytes. */
const MOST_BYTES = 7_900;

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
  /** In use, or being made. */
  #client: pg.Client | undefined;
  #listening = false;
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
      connectionString: url, keepAlive: true, options: '-c synchronous_commit=off',
      connectionTimeoutMillis: CONNECT_WITHIN_MS, query_timeout: ANSWER_WITHIN_MS,
    });
    this.#client = client;
    client.on('error', () => undefined);
    client.once('end', () => this.#lost(client));
    try {
      await client.connect();
      const { rows: [own] } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      client.on('notification', ({ payload = '', processId }) => {
        if (processId !== own?.pid) this.#heard(processId, payload);
      });
      await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch {
      return this.#lost(client);
    }
    if (this.#client !== client) return void client.end().catch(() => undefined); // closed meanwhile
    this.#listening = true;
    this.#greet();
  }

  /** Tells the other processes, soon. */
  send(names: Iterable<string>): void {
    if (!this.#listening || this.#peers.size === 0) return;
    for (const name of names) this.#pending.add(name);
    if (this.#pending.size > 0) this.#schedule();
  }

  /** A server that does not answer is not waited for. */
  async close(): Promise<void> {
    const { clock } = this.#options;
    const client = this.#client;
    this.#closed = true;
    this.#listening = false;
    this.#client = undefined;
    this.#cancelTimer();
    await new Promise<void>((resolve) => {
      const cancel = clock.after(CLOSE_WITHIN_MS, resolve);
      void Promise.resolve(client?.end()).catch(() => undefined).then(cancel).then(resolve);
    });
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
    const { clock, channel } = this.#options;
    const [client, page] = [this.#client, this.#page()];
    this.#sentAt = clock.now();
    try {
      await client?.query({ name: 'notify', text: 'select pg_notify($1, $2)', values: [channel, page] });
    } catch {
      if (client) this.#lost(client);
    }
    this.#scheduled = false;
    if (this.#pending.size > 0) this.#schedule();
  }

  /** As many of the names that wait as go together, which need wait no longer. */
  #page(): string {
    const names: string[] = [];
    let bytes = 0;
    for (const name of this.#pending) {
      bytes += Buffer.byteLength(JSON.stringify(name)) + 1;
      if (bytes > MOST_BYTES && names.length > 0) break;
      names.push(name);
      this.#pending.delete(name);
    }
    return JSON.stringify(names);
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
    for (const name of namesIn(payload)) this.#options.heard(name);
  }

  /** Cut off, or without an answer for too long: another connection is made. */
  #lost(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#listening = false;
    client.end().catch(() => undefined);
    this.#cancelTimer();
    if (!this.#closed) this.#cancelTimer = this.#options.clock.after(CONNECT_AGAIN_MS, () => void this.start());
  }
}

/** Whatever else others send on this channel says nothing. */
function namesIn(payload: string): string[] {
  try {
    const names: unknown = JSON.parse(payload);
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}
