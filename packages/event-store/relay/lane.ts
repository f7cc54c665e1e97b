import { CodedError } from '@tradewind/events/errors.ts';
import { allEnded } from '@tradewind/chassis/all-ended.ts';
import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import { outboxChannel, type Lane, type Outbox, type OutboxRow } from '../outbox.ts';
import { Floor } from './floor.ts';
import type { Send } from './send.ts';

export interface LaneSettings {
  /** How long a lease lasts that is not renewed. */
  ttlMs: number;
  /** How long without a hint until it looks by itself. */
  pollMs: number;
  /** How long from one pass to the next at least, unless there is more than a page: what comes meanwhile goes together. */
  paceMs: number;
  /** Rows in one scan and one publish. */
  batch: number;
  trailMs: number;
  fullScanMs: number;
}

interface LaneOptions {
  name: string;
  lane: Lane;
  holder: string;
  outbox: Outbox;
  send: Send;
  published(lane: Lane, rows: number): void;
  wakeup: Wakeup;
  clock: Clock;
  random: Random;
  logger: Logger;
  settings: LaneSettings;
}

/** `visible`: up to which id every row that will ever be there was there to be scanned. */
interface Page { rows: OutboxRow[]; visible: number }

const BACKOFF = { firstMs: 50, mostMs: 2_000 };

/** Relays one lane: lead, scan, publish, delete, again. The world is read each time; nothing is remembered that matters. */
export class LaneRelay {
  readonly #options: LaneOptions;
  readonly #floor: Floor;
  /** As last told, and when to ask again. */
  #horizon = { id: 0, askAt: -Infinity };
  /** Up to here the last pass saw every row that will ever be there, or found it gone. */
  #scanned = 0;
  #lease: { epoch: number; renewAt: number } | undefined;
  readonly #stopping = new AbortController();
  #nudge = new AbortController();
  #hinted = false;
  #beganAt = -Infinity;
  /** Published in an epoch of the lease, and yet to be deleted. */
  #sent: { epoch: number; ids: number[] } | undefined;
  #unlisten: () => void = () => undefined;
  #loop: Promise<void> = Promise.resolve();

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#floor = new Floor(options.settings);
  }

  start(): void {
    const { name, lane, wakeup } = this.#options;
    this.#unlisten = wakeup.listen(outboxChannel(name, lane), () => {
      if (!this.#lease) return; // it is for whoever leads
      this.#hinted = true;
      this.#nudge.abort('hint');
    });
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#nudge.abort('stop');
    this.#unlisten();
    await this.#loop;
    const { outbox, lane, holder } = this.#options;
    await this.#remove().catch(() => undefined); // whoever leads next publishes it again
    await outbox.yield(lane, holder).catch(() => undefined); // it runs out by itself
  }

  async #run(): Promise<void> {
    const { logger, name, lane, random } = this.#options;
    for (let failures = 0; !this.#stopping.signal.aborted;) {
      try {
        this.#hinted = false;
        this.#beganAt = this.#options.clock.now();
        const more = await this.#lead() && await this.#pass();
        failures = 0;
        if (!more) await this.#rest();
      } catch (error) {
        failures += 1;
        const delay = Math.min(BACKOFF.firstMs * 2 ** Math.min(failures - 1, 10), BACKOFF.mostMs) * (0.5 + random.next() / 2);
        logger.warn({ err: error, name, lane, failures }, 'the relay could not publish');
        await this.#options.clock.sleep(delay, this.#stopping.signal);
      }
    }
  }

  /**
   * Waits until it is time for another pass and there is reason for it: a hint, or a while without any. What was
   * published is deleted with the scan of a pass that follows at once, or before a longer rest.
   */
  async #rest(): Promise<void> {
    const { clock, settings: { paceMs, pollMs } } = this.#options;
    await clock.sleep(pause(this.#beganAt, clock.now(), paceMs), this.#stopping.signal);
    if (this.#hinted) return;
    await this.#remove();
    if (this.#hinted || this.#stopping.signal.aborted) return;
    this.#nudge = new AbortController();
    await clock.sleep(pollMs, this.#nudge.signal);
  }

  /** Takes the lease, or renews it when a third of its time is over. */
  async #lead(): Promise<boolean> {
    const { outbox, lane, holder, clock, settings: { ttlMs } } = this.#options;
    const now = clock.now();
    if (this.#lease && now < this.#lease.renewAt) return true;
    const epoch = await outbox.lead(lane, holder, ttlMs);
    if (epoch !== this.#lease?.epoch) this.#floor.reset();
    this.#lease = epoch === undefined ? undefined : { epoch, renewAt: now + ttlMs / 3 };
    return epoch !== undefined;
  }

  /**
   * Publishes what waits, page by page: the next is read while one is published, as long as nothing can appear any more
   * before it; and further ones past what cannot be published. Where something can, the next pass begins at the floor
   * again: what was committed meanwhile may belong before what follows the page.
   * @returns whether there may be more at once. A hint says what has come since.
   */
  async #pass(): Promise<boolean> {
    const { clock, settings: { batch } } = this.#options;
    const blocked = new Map<string, unknown>();
    let from = await this.#beginning();
    let full: boolean;
    const visible = this.#horizon.id;
    for (let next = this.#scan(from); ;) {
      const page = await next;
      full = page.rows.length === batch;
      from = end(page.rows, from);
      const ahead = full && from <= page.visible;
      if (ahead) next = this.#scan(from);
      else if (full) await this.#look(); // the pass that follows may get further
      await allEnded([this.#send(page.rows, blocked), next]);
      const further = ahead || (full && blocked.size > 0);
      if (!further || !await this.#goesOn()) break;
      if (!ahead) next = this.#scan(from);
    }
    await this.#complain(blocked);
    this.#floor.walked(clock.now());
    this.#scanned = visible;
    return full;
  }

  /** @throws the first error of a row that could not be published. */
  async #complain(blocked: Map<string, unknown>): Promise<void> {
    if (blocked.size > 0) await this.#remove();
    for (const error of blocked.values()) throw error;
  }

  async #goesOn(): Promise<boolean> {
    return !this.#stopping.signal.aborted && await this.#lead();
  }

  async #send(rows: OutboxRow[], blocked: Map<string, unknown>): Promise<void> {
    const ids = await this.#publish(rows, blocked);
    if (blocked.size === 0) this.#floor.passed(end(rows, 0));
    if (!this.#lease || ids.length === 0) return;
    const { epoch } = this.#lease;
    this.#sent = { epoch, ids: this.#sent?.epoch === epoch ? [...this.#sent.ids, ...ids] : ids };
  }

  /** The next rows, without those that are being deleted; none when it turns out that another relay leads. */
  async #scan(from: number): Promise<Page> {
    const { outbox, lane, settings: { batch } } = this.#options;
    const visible = this.#horizon.id; // as known before: what is told afterwards may have been committed since
    const [, rows] = await Promise.all([this.#remove(), outbox.scan(lane, from, batch)]);
    return { rows: this.#lease ? rows : [], visible };
  }

  /** Where a pass begins: never beyond what the last one could not yet see, and its stream go on from. */
  async #beginning(): Promise<number> {
    const now = this.#options.clock.now();
    const floor = this.#floor.at(now);
    if (floor > this.#horizon.id && now >= this.#horizon.askAt) await this.#look();
    return Math.min(floor, this.#scanned);
  }

  async #look(): Promise<void> {
    const { outbox, lane, clock, settings: { trailMs } } = this.#options;
    this.#horizon = { id: await outbox.horizon(lane), askAt: clock.now() + trailMs / 4 };
  }

  /** @returns ids of the rows that are safe; the keys of the others are `blocked`, and what is behind them waits. */
  async #publish(rows: OutboxRow[], blocked: Map<string, unknown>): Promise<number[]> {
    const free = rows.filter((row) => !blocked.has(row.envelope.partitionkey));
    try {
      if (free.length > 0) await this.#options.send(free);
      return free.map((row) => row.id);
    } catch (error) {
      if (!(error instanceof CodedError) || error.canRetry) throw error;
      return this.#oneByOne(free, blocked);
    }
  }

  /** Something in the batch cannot be published: finds out what, and lets the other keys pass. */
  async #oneByOne(rows: OutboxRow[], blocked: Map<string, unknown>): Promise<number[]> {
    const { logger, name, lane, send } = this.#options;
    const sent: number[] = [];
    for (const row of rows) {
      const key = row.envelope.partitionkey;
      if (blocked.has(key)) continue;
      try {
        await send([row]);
        sent.push(row.id);
      } catch (error) {
        if (!(error instanceof CodedError) || error.canRetry) throw error;
        blocked.set(key, error);
        logger.error({ err: error, name, lane, message: row.envelope.id, type: row.envelope.type, key }, 'a message cannot be published; its key waits');
      }
    }
    return sent;
  }

  /** Deletes what was published. Should that fail, it is found and published again. */
  async #remove(): Promise<void> {
    if (!this.#sent) return;
    const { epoch, ids } = this.#sent;
    this.#sent = undefined;
    const { outbox, lane, published } = this.#options;
    if (await outbox.remove(lane, epoch, ids)) published(lane, ids.length);
    else if (this.#lease?.epoch === epoch) this.#lease = undefined; // another leads by now, and publishes them again: duplicates, not losses
  }
}

/**
 * Milliseconds until the next pass may begin. The lanes of a process keep step: what they publish at the same time
 * shares a commit, and so does what comes of it. A lane that has been at rest need not wait.
 */
function pause(beganAt: number, now: number, paceMs: number): number {
  if (paceMs === 0 || now < beganAt || now >= beganAt + paceMs) return 0;
  return paceMs - (now % paceMs);
}

function end(rows: OutboxRow[], otherwise: number): number {
  return rows.at(-1)?.id ?? otherwise;
}
