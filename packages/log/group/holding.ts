import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import { logErrors, type LogRecord } from '../port.ts';
import type { Fetched, GroupStore, Lease, PartitionOf, Taken, Wanted } from './store.ts';

/** What a held partition needs of the member that holds it. */
export interface Holder {
  clock: Clock;
  logger?: Logger;
  store: Pick<GroupStore, 'commit'>;
  handle(batch: LogRecord[]): Promise<void>;
  position?(topic: string, partition: number): Promise<number | undefined>;
  /** Whether the leases are good by this member's own clock. */
  leased(): boolean;
  /** Told when the partition can take the next batch. */
  idle(): void;
  /** Calls `task` when the partition may have new records; the returned function stops that. */
  listen(partition: PartitionOf, task: () => void): () => void;
}

/** A position is committed within this time, together with those of other partitions. */
const COMMIT_EVERY_MS = 50;
const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 5_000;

/** A partition in this member's hands: at most one batch of it is being handled. */
export class Holding {
  readonly lease: Lease;
  readonly #holder: Holder;
  readonly #ending = new AbortController();
  #work: Promise<void>;
  #busy = true;
  #lost = false;
  /** Next offset to handle, and as the group knows it. */
  #position: number;
  #committed: number;
  #committing: Promise<void> | undefined;
  /** Whether there may be records that it has not asked for. */
  #hinted = true;

  constructor({ lease, position }: Taken, holder: Holder) {
    this.lease = lease;
    this.#position = position;
    this.#committed = position;
    this.#holder = holder;
    this.#ending.signal.addEventListener('abort', holder.listen(lease, () => { this.#hinted = true; }));
    this.#work = this.#run(() => this.#begin());
  }

  get ending(): boolean {
    return this.#ending.signal.aborted;
  }

  /** There may be new records. */
  hint(): void {
    this.#hinted = true;
  }

  /** Whether to look for records now. */
  get hungry(): boolean {
    return this.#hinted && !this.#busy && !this.ending;
  }

  /** What to look for; later hints are a reason to look again. */
  wanted(limit: number): Wanted {
    this.#hinted = false;
    return { topic: this.lease.topic, partition: this.lease.partition, from: this.#position, limit };
  }

  /** What `wanted` brought. */
  take({ records, more }: Fetched): void {
    if (more) this.#hinted = true;
    if (records.length > 0 && !this.ending) this.#work = this.#run(() => this.#handle(records));
  }

  /** Takes no more; resolves when what is in hand has been handled and committed, or has failed. */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.#work;
    await this.#committing;
  }

  /** The partition has another holder: what is in hand will not be committed. */
  lose(): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#ending.abort();
    const { group, topic, partition, epoch } = this.lease;
    this.#holder.logger?.warn({ code: 'lease-lost', group, topic, partition, epoch, position: this.#position }, logErrors.kinds['lease-lost'].title);
  }

  async #run(work: () => Promise<void>): Promise<void> {
    this.#busy = true;
    await work();
    this.#busy = false;
    this.#holder.idle();
  }

  /** Asks the consumer where to go on, if it keeps its position itself. */
  async #begin(): Promise<void> {
    const { position } = this.#holder;
    if (!position) return;
    const { topic, partition } = this.lease;
    let next: number | undefined;
    const asked = await this.#untilDone('position not told', async () => { next = await position(topic, partition); });
    if (asked && next !== undefined) this.#reached(next);
  }

  async #handle(records: LogRecord[]): Promise<void> {
    const last = records.at(-1);
    const handled = await this.#untilDone('batch not handled', () => this.#holder.handle([...records]));
    if (handled && last) this.#reached(last.offset + 1);
  }

  /** @returns false when the partition was given up or lost before `work` had succeeded. */
  async #untilDone(failure: string, work: () => Promise<void>): Promise<boolean> {
    const { clock, logger, leased } = this.#holder;
    for (let attempt = 0; !this.ending; attempt += 1) {
      try {
        if (leased()) {
          await work();
          return true;
        }
      } catch (error) {
        const { group, topic, partition } = this.lease;
        logger?.warn({ err: error, group, topic, partition, position: this.#position, attempt }, failure);
      }
      await clock.sleep(delayMs(attempt), this.#ending.signal);
    }
    return false;
  }

  /** Reads on from `next` at once; what is being handled need not wait for the commit, which may only make it come again. */
  #reached(next: number): void {
    this.#position = next;
    if (next !== this.#committed) this.#committing ??= this.#commitSoon();
  }

  /** In step with the other partitions of this process, so that they share a statement. */
  async #commitSoon(): Promise<void> {
    const { clock } = this.#holder;
    for (let committed = true; committed && this.#committed !== this.#position;) {
      await clock.sleep(COMMIT_EVERY_MS - clock.now() % COMMIT_EVERY_MS, this.#ending.signal);
      committed = await this.#commit(this.#position);
    }
    this.#committing = undefined;
  }

  /**
   * Commits until the store answers; only a member that leaves gives up, when its lease has run out anyway.
   * @returns whether it was committed.
   */
  async #commit(next: number): Promise<boolean> {
    const { clock, logger, store, leased } = this.#holder;
    for (let attempt = 0; !this.#lost && (leased() || !this.ending); attempt += 1) {
      try {
        if (await store.commit(this.lease, next)) {
          this.#committed = next;
          return true;
        }
        this.lose();
        return false;
      } catch (error) {
        if (attempt === 0) logger?.warn({ err: error, ...this.lease, next }, 'position not committed yet');
      }
      await clock.sleep(delayMs(attempt));
    }
    return false;
  }
}

function delayMs(attempt: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** attempt, LONGEST_DELAY_MS);
}
