import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Database } from './database.ts';

const BEAT = {
  name: 'tasks-beat',
  text: `insert into tasks.sessions (id, expires_at) values ($1, now() + $2 * interval '1 ms')
    on conflict (id) do update set expires_at = excluded.expires_at returning (xmax = 0) as created`,
};
/** What dead sessions held is ready again, and their temporary queues are gone. */
const REAP = {
  name: 'tasks-reap',
  text: `with dead as (delete from tasks.sessions where expires_at < now() returning id),
    gone as (delete from tasks.queues where owner in (select id from dead) returning 1),
    raised as (update tasks.topology set version = version + 1 where exists (select from gone))
    update tasks.messages set state = 'r', session = null, redelivered = true
    where state = 'c' and session in (select id from dead) returning queue`,
};
const END = { name: 'tasks-end', text: `update tasks.sessions set expires_at = '-infinity' where id = $1` };

interface Options {
  database: Database;
  clock: Clock;
  id: string;
  /** A session silent for so long is dead. */
  ttlMs: number;
  /** Told of queues that have messages again. */
  released(queues: string[]): void;
  /** This session was taken for dead, and begins anew. */
  reborn(): Promise<void>;
}

/** This process's presence: claims and temporary queues are in its name, and go when it falls silent. */
export class Session {
  readonly id: string;
  readonly #options: Options;
  #known = false;
  #cancel: () => void = () => undefined;
  #closed = false;

  constructor(options: Options) {
    this.id = options.id;
    this.#options = options;
  }

  async start(): Promise<void> {
    await this.#beat();
    this.#schedule();
  }

  /** Lets go of everything at once. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#options.database.query(END, [this.id]).catch(() => undefined);
    await this.#reap().catch(() => undefined);
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#cancel = this.#options.clock.after(this.#options.ttlMs / 5, () => {
      // An outage: the next beat tries again.
      void this.#beat().catch(() => undefined).then(() => this.#schedule());
    });
  }

  async #beat(): Promise<void> {
    const { rows: [row] } = await this.#options.database.query<{ created: boolean }>(BEAT, [this.id, this.#options.ttlMs]);
    const reborn = this.#known && row?.created === true;
    this.#known = true;
    if (reborn) await this.#options.reborn();
    await this.#reap();
  }

  async #reap(): Promise<void> {
    const { rows } = await this.#options.database.query<{ queue: string }>(REAP);
    if (rows.length > 0) this.#options.released([...new Set(rows.map(({ queue }) => queue))]);
  }
}
