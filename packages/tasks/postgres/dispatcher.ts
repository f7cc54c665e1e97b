import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import type { Consumer, Delivery, RetryPolicy, Verdict } from '../port.ts';
import { retryDelay } from '../routing.ts';
import { claim, giveBack, settle, type Claim, type Settlement } from './claims.ts';
import type { Database } from './database.ts';

interface Options { database: Database; session: string; clock: Clock; random: Random; wakeup: Wakeup; logger?: Logger; pollMs: number }

interface Worker {
  queue: string;
  prefetch: number;
  policy: RetryPolicy;
  handle(delivery: Delivery): Promise<Verdict>;
  inHand: Set<Promise<void>>;
  stopped: boolean;
}

const AFTER_OUTAGE_MS = 200;

/** Claims for all consumers of this process in one statement, hands out, and settles in groups. */
export class Dispatcher {
  readonly #options: Options;
  readonly #workers = new Set<Worker>();
  readonly #stopping = new AbortController();
  #nudge = new AbortController();
  #hinted = false;
  #loop: Promise<void> | undefined;
  #claiming: Promise<void> = Promise.resolve();
  #unsettled: { settlement: Settlement; written(): void }[] = [];
  #writing = false;

  constructor(options: Options) {
    this.#options = options;
  }

  consume(worker: Omit<Worker, 'inHand' | 'stopped'>): Consumer {
    const full: Worker = { ...worker, inHand: new Set(), stopped: false };
    const unlisten = this.#options.wakeup.listen(`queue:${worker.queue}`, () => this.#wake());
    this.#workers.add(full);
    this.#loop ??= this.#run();
    this.#wake();
    return {
      stop: async () => {
        full.stopped = true;
        unlisten();
        await this.#claiming; // what this claim brings is given back
        await Promise.all(full.inHand);
        this.#workers.delete(full);
      },
    };
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.#nudge.abort();
    await this.#loop;
  }

  #wake(): void {
    this.#hinted = true;
    this.#nudge.abort();
  }

  async #run(): Promise<void> {
    const { clock, logger, pollMs } = this.#options;
    while (!this.#stopping.signal.aborted) {
      this.#hinted = false;
      const claiming = this.#claim();
      this.#claiming = claiming.then(() => undefined, () => undefined);
      let wait = pollMs;
      try {
        if (await claiming) wait = 0;
      } catch (error) {
        logger?.warn({ err: error }, 'tasks cannot be claimed');
        await clock.sleep(AFTER_OUTAGE_MS, this.#stopping.signal);
        continue;
      }
      if (wait > 0 && !this.#hinted && !this.#stopping.signal.aborted) {
        this.#nudge = new AbortController();
        await clock.sleep(wait, this.#nudge.signal);
      }
    }
  }

  /** @returns whether some queue had as much as there was room for, and has room again. */
  async #claim(): Promise<boolean> {
    const { database, session } = this.#options;
    const workers = [...this.#workers].filter((each) => !each.stopped && each.inHand.size < each.prefetch);
    const room = new Map<string, number>();
    for (const { queue, prefetch, inHand } of workers) room.set(queue, (room.get(queue) ?? 0) + prefetch - inHand.size);
    if (room.size === 0) return false;
    const claims = await claim(database, session, room);
    const unwanted = claims.filter((each) => !this.#handOut(each));
    await giveBack(database, session, unwanted.map((each) => each.id));
    return false;
  }

  #handOut({ id, delivery }: Claim): boolean {
    const worker = [...this.#workers].find((each) => each.queue === delivery.queue && !each.stopped && each.inHand.size < each.prefetch);
    if (!worker) return false;
    const work = this.#work(worker, id, delivery).finally(() => {
      worker.inHand.delete(work);
      this.#wake();
    });
    worker.inHand.add(work);
    return true;
  }

  async #work({ handle, policy }: Worker, id: string, delivery: Delivery): Promise<void> {
    let verdict: Verdict;
    try {
      verdict = await handle(delivery);
    } catch (error) {
      verdict = { type: 'retry', reason: error instanceof Error ? error.message : String(error) };
    }
    await this.#settle({ id, ...this.#final(verdict, policy, delivery.attempt) });
  }

  /** A retry becomes a delay, or the end of the policy's patience. */
  #final(verdict: Verdict, policy: RetryPolicy, attempt: number): Verdict | { type: 'again'; reason: string; delayMs: number; spared: boolean } {
    if (verdict.type !== 'retry') return verdict;
    const { reason, uncounted = false, delayMs } = verdict;
    if (!uncounted && attempt >= policy.attempts) return { type: 'dead', reason: `${attempt} attempts: ${reason}` };
    return { type: 'again', reason, spared: uncounted, delayMs: delayMs ?? retryDelay(policy, attempt, this.#options.random) };
  }

  /** Resolves once it is written; those of the moment are written together. */
  #settle(settlement: Settlement): Promise<void> {
    return new Promise((resolve) => {
      this.#unsettled.push({ settlement, written: resolve });
      if (!this.#writing) void this.#write();
    });
  }

  async #write(): Promise<void> {
    const { database, session, clock, logger } = this.#options;
    this.#writing = true;
    while (this.#unsettled.length > 0) {
      const batch = this.#unsettled.splice(0, 500);
      try {
        const count = await settle(database, session, batch.map((each) => each.settlement));
        if (count < batch.length) logger?.warn({ refused: batch.length - count }, 'settlements came too late: others have these tasks');
        for (const { written } of batch) written();
      } catch (error) {
        // Settled again after the outage; if that takes too long, the session is dead and they are worked on again.
        this.#unsettled.unshift(...batch);
        logger?.warn({ err: error }, 'tasks cannot be settled');
        if (this.#stopping.signal.aborted) break;
        await clock.sleep(AFTER_OUTAGE_MS, this.#stopping.signal);
      }
    }
    for (const { written } of this.#stopping.signal.aborted ? this.#unsettled.splice(0) : []) written();
    this.#writing = false;
  }
}
