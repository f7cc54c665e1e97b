import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Database } from './database.ts';

const BEGIN = { name: 'tasks-begin', text: 'insert into tasks.sessions default values returning id' };
const BEAT = {
  name: 'tasks-beat',
  text: `
    with before as (select beat_at from tasks.sessions where id = $1),
    beat as (update tasks.sessions set beat_at = clock_timestamp() where id = $1 returning id)
    select exists (select from beat) as alive,
      exists (select from before where beat_at > clock_timestamp() - $2 * interval '1 ms') as punctual,
      exists (select from tasks.sessions where id <> $1 and beat_at < clock_timestamp() - $2 * interval '1 ms') as silent`,
};
const BURY = { name: 'tasks-bury', text: 'select tasks.bury($1) as queue' };
const END = { name: 'tasks-finish', text: 'select tasks.finish($1) as queue' };

/** A session that stands, as far as this process knows. */
export interface Standing { readonly id: number; epoch: number }

interface Options {
  database: Database;
  clock: Clock;
  logger?: Logger;
  /** A session silent for this long is dead. */
  sessionMs: number;
  /** A session has begun, the first or one that follows a lost one; what goes with it is to be declared. */
  begun(standing: Standing): Promise<void>;
  /** Told of queues that have got work back. */
  released(queues: string[]): void;
}

/** This process's presence: what it takes and its temporary queues are in its name, and go when it falls silent. */
export class Session {
  readonly #options: Options;
  #current: Promise<Standing> | undefined;
  #cancelBeat: (() => void) | undefined;
  #failing = false;
  #ended = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Begun when first asked for, and when asked for after it was lost. */
  current(): Promise<Standing> {
    if (this.#current) return this.#current;
    const beginning = this.#begin();
    this.#current = beginning;
    beginning.catch(() => { if (this.#current === beginning) this.#current = undefined; });
    return beginning;
  }

  /** Whether it is the one that stands. */
  async stands(standing: Standing): Promise<boolean> {
    return this.#current !== undefined && (await this.#current) === standing;
  }

  /** To be told by whoever finds out. */
  async lose(standing: Standing): Promise<void> {
    if (!(await this.stands(standing))) return;
    this.#current = undefined;
    this.#options.logger?.warn({ session: standing.id }, 'taken for dead: what was in hand comes again');
  }

  async end(): Promise<void> {
    this.#ended = true;
    this.#cancelBeat?.();
    if (!this.#current) return;
    try {
      const { id } = await this.#current;
      this.#release(await this.#options.database.rows<{ queue: string }>(END, [id]));
    } catch (error) {
      this.#options.logger?.warn({ err: error }, 'left without a word: the session will be taken for dead');
    }
  }

  async #begin(): Promise<Standing> {
    const { database, begun } = this.#options;
    const [row] = await database.rows<{ id: number }>(BEGIN);
    const standing = { id: row?.id ?? 0, epoch: 0 };
    await begun(standing);
    if (!this.#cancelBeat) this.#beatLater();
    return standing;
  }

  #beatLater(): void {
    const { clock, sessionMs } = this.#options;
    if (this.#ended) return;
    this.#cancelBeat = clock.after(sessionMs / 5, () => void this.#beat().then(() => this.#beatLater()));
  }

  async #beat(): Promise<void> {
    const { database, sessionMs, logger } = this.#options;
    try {
      const standing = await this.current();
      const [row] = await database.rows<{ alive: boolean; punctual: boolean; silent: boolean }>(BEAT, [standing.id, sessionMs]);
      if (!row?.alive) await this.#replace(standing);
      // One that was silent itself (the server was away) can't tell who else was, and waits for their next beat.
      else if (row.punctual && row.silent) this.#release(await database.rows<{ queue: string }>(BURY, [sessionMs]));
      this.#failing = false;
    } catch (error) {
      if (!this.#failing && !this.#ended) logger?.warn({ err: error }, 'session not renewed');
      this.#failing = true;
    }
  }

  async #replace(standing: Standing): Promise<void> {
    await this.lose(standing);
    if (!this.#ended) await this.current();
  }

  #release(rows: { queue: string }[]): void {
    if (rows.length > 0) this.#options.released(rows.map(({ queue }) => queue));
  }
}
