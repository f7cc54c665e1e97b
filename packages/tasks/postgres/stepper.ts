import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Consumption } from '../consumption.ts';
import type { Task } from '../port.ts';
import type { Database } from './database.ts';
import { isSessionOver } from './failure.ts';
import { Line, type Claimed } from './line.ts';
import type { Session, Standing } from './session.ts';
import { parameters, Settlements, type Settled } from './settlements.ts';
import type { StoredQueue, Topologies } from './topologies.ts';

const STEP = { name: 'tasks-step', text: 'select * from tasks.step($1, $2, $3, $4, $5, $6, $7, $8)' };
const RECOVER = { name: 'tasks-recover', text: 'select tasks.recover($1, $2, $3) as stands' };

/** Settlements in one step at most. */
const MOST_SETTLED = 1_000;
/** A step with fewer messages than this can wait a moment for more. */
const LIGHT = 8;
const AGAIN_AFTER_MS = 200;

interface Row { place: number; id: number; attempt: number; retries: number; redelivered: boolean; task: Task }
interface Wanted { line: Line; queue: StoredQueue; room: number }

interface Options {
  database: Database;
  clock: Clock;
  logger?: Logger;
  session: Session;
  topologies: Topologies;
  /** Queues are looked at this often where no hint came. */
  pollMs: number;
  /** Light steps wait this long for more. */
  lingerMs: number;
  /** Settlements wait this long for others, or for a step that takes something: nobody waits for them. */
  settleMs: number;
}

/**
 * Takes and settles for all consumers of this process: one statement, and one commit, at a time. Each step
 * settles what has been worked on since the last, and takes as much as there is room for.
 */
export class Stepper {
  readonly #options: Options;
  readonly #lines = new Map<string, Line>();
  readonly #settlements = new Settlements();
  #stepping: Promise<void> | undefined;
  /** When the next step is due, if one waits. */
  #dueAt = Infinity;
  #cancelLinger: () => void = () => undefined;
  #cancelPoll: (() => void) | undefined;
  /** An answer was lost: the session may hold deliveries that nobody has in hand. */
  #unsure = false;
  #failing = false;
  #closed = false;
  /** Messages in the last step, settled or taken, and when it ended. */
  #load = 0;
  #endedAt = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  join(queue: string, consumption: Consumption<Claimed>): void {
    const line = this.#lines.get(queue) ?? new Line(queue);
    this.#lines.set(queue, line);
    line.add(consumption);
    this.#pollLater();
    this.#soon();
  }

  /**
   * For a consumer that takes no more: what it has settled, or was given meanwhile, is written; or `ms` went by.
   * @returns whether it was the last of its queue.
   */
  async leave(queue: string, consumption: Consumption<Claimed>, ms: number): Promise<boolean> {
    await this.#flushed(ms);
    if (this.#lines.get(queue)?.remove(consumption) !== true) return false;
    this.#lines.delete(queue);
    return true;
  }

  settle(settled: Settled): void {
    this.#settlements.add(settled);
    this.#soon();
  }

  close(): void {
    this.#closed = true;
    this.#cancelPoll?.();
    this.#cancelLinger();
  }

  /** There may be something to take. */
  hint(queue: string): void {
    const line = this.#lines.get(queue);
    if (!line || line.hungry) return;
    line.hungry = true;
    this.#soon();
  }

  /** Steps if there is reason to: at the end of this turn of the event loop, or a moment later. */
  #soon(): void {
    if (this.#stepping || this.#closed) return;
    const hungry = this.#hungry().length > 0;
    if (!hungry && this.#settlements.size === 0) return;
    const { clock } = this.#options;
    const pause = this.#pause(hungry);
    if (pause <= 0) return this.#now();
    if (clock.now() + pause >= this.#dueAt) return;
    this.#cancelLinger();
    this.#dueAt = clock.now() + pause;
    this.#cancelLinger = clock.after(pause, () => this.#now());
  }

  /** A step costs much the same for one message and for fifty: where they come one by one, some are waited for. */
  #pause(hungry: boolean): number {
    const { clock, lingerMs, settleMs } = this.#options;
    if (this.#settlements.urgent || this.#settlements.size >= MOST_SETTLED) return 0;
    if (hungry) return this.#load < LIGHT ? this.#endedAt + lingerMs - clock.now() : 0;
    return settleMs;
  }

  async #flushed(ms: number): Promise<void> {
    const end = new AbortController();
    const flushing = (async () => {
      await this.#stepping;
      const flushed = this.#settlements.flushed();
      this.#soon();
      await flushed;
    })();
    await Promise.race([flushing, this.#options.clock.sleep(ms, end.signal)]);
    end.abort();
  }

  #now(): void {
    this.#cancelLinger();
    this.#dueAt = Infinity;
    this.#stepping = new Promise((resolve) => {
      setImmediate(() => void this.#step().finally(() => {
        this.#stepping = undefined;
        this.#endedAt = this.#options.clock.now();
        resolve();
        this.#soon();
      }));
    });
  }

  #pollLater(): void {
    this.#cancelPoll ??= this.#options.clock.after(this.#options.pollMs, () => {
      this.#cancelPoll = undefined;
      if (this.#lines.size === 0) return;
      for (const line of this.#lines.values()) line.hungry = true;
      this.#soon();
      this.#pollLater();
    });
  }

  #hungry(): Line[] {
    return [...this.#lines.values()].filter((line) => line.hungry && line.room > 0);
  }

  #inHand(): Claimed[] {
    return [...this.#lines.values()].flatMap((line) => line.inHand());
  }

  async #step(): Promise<void> {
    const { session, clock, logger } = this.#options;
    try {
      const standing = await session.current();
      if (this.#unsure) await this.#recover(standing);
      await this.#exchange(standing);
      this.#failing = false;
    } catch (error) {
      this.#unsure = true;
      if (!this.#failing) logger?.warn({ err: error }, 'queues not worked on');
      this.#failing = true;
      await clock.sleep(AGAIN_AFTER_MS);
    }
  }

  /** Puts back what this session was given in an answer that never came. */
  async #recover(standing: Standing): Promise<void> {
    const ids = [...this.#inHand().filter(({ session }) => session === standing.id), ...this.#settlements.of(standing.id)].map(({ id }) => id);
    const [row] = await this.#options.database.rows<{ stands: boolean }>(RECOVER, [standing.id, standing.epoch + 1, ids]);
    if (!row?.stands) await this.#options.session.lose(standing);
    standing.epoch += 1;
    this.#unsure = false;
  }

  async #exchange(standing: Standing): Promise<void> {
    const { database, session, topologies, logger } = this.#options;
    const settled = this.#settlements.first(MOST_SETTLED);
    const ours = settled.filter(({ claimed }) => claimed.session === standing.id);
    if (ours.length < settled.length) logger?.warn({ refused: settled.length - ours.length }, 'settled too late: others have these tasks');
    const wanted = await this.#wanted(topologies);
    for (const { line } of wanted) line.hungry = false;
    try {
      const rows = await database.rows<Row & Record<string, unknown>>(STEP, [
        standing.id, standing.epoch, ...parameters(ours),
        wanted.map(({ queue }) => queue.id), wanted.map(({ room }) => room), wanted.map(({ line }) => line.floor.at(this.#options.clock.now())),
      ]);
      this.#settlements.drop(settled.length);
      this.#load = settled.length + rows.length;
      this.#deal(standing, wanted, rows);
    } catch (error) {
      for (const { line } of wanted) line.hungry = true;
      if (!isSessionOver(error)) throw error;
      await session.lose(standing);
    }
  }

  async #wanted(topologies: Topologies): Promise<Wanted[]> {
    const { queues } = await topologies.known();
    return this.#hungry().flatMap((line) => {
      const queue = queues.get(line.queue);
      return queue ? [{ line, queue, room: line.room }] : [];
    });
  }

  #deal(standing: Standing, wanted: Wanted[], rows: Row[]): void {
    const now = this.#options.clock.now();
    rows.sort((a, b) => a.id - b.id);
    for (const [at, { line, queue, room }] of wanted.entries()) {
      const ours = rows.filter(({ place }) => place === at + 1);
      line.floor.looked(now, ours.at(-1)?.id ?? 0);
      if (ours.length === room) line.hungry = true;
      for (const row of ours) {
        const claimed = claimedOf(row, queue, line.queue, standing);
        if (!line.give(claimed)) this.#settlements.add({ claimed, settlement: { type: 'back' } });
      }
    }
  }
}

function claimedOf({ id, attempt, retries, redelivered, task: { exchange, routingKey, envelope } }: Row, queue: StoredQueue, name: string, { id: session }: Standing): Claimed {
  return { id, session, queue, retries, delivery: { queue: name, exchange, routingKey, envelope, attempt, redelivered } };
}
