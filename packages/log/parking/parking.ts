import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Registry } from 'prom-client';
import { byKey } from '../by-key.ts';
import type { LogRecord } from '../port.ts';
import { verdictOn, wayOf, type Policy } from './decide.ts';
import { Knowledge, nameOf } from './known.ts';
import { parkingMetrics, type ParkingMetrics } from './metrics.ts';
import { BEHIND, parkingErrors, type Failure, type ParkingLot, type Standing } from './port.ts';

export interface ParkingOptions {
  lot: ParkingLot;
  group: string;
  /** What stays in order. Default: the record's own key. */
  key?: (record: LogRecord) => string;
  clock: Clock;
  logger: Logger;
  metrics: Registry;
  /** Default: five tries within a second. */
  policy?: Policy;
  /** Keys parked at most: beyond, batches come again as if nothing could be parked. Default 10,000. */
  most?: number;
}

type Handle = (record: LogRecord) => Promise<void>;

const DEFAULT_POLICY: Policy = { attempts: 5, firstDelayMs: 50 };

/**
 * Stands between a subscription and its handler: a record that cannot be handled is parked by its key, and with it what
 * comes of that key later, so that neither its partition nor other keys wait. A record is handled once in effect if
 * its handler sees to that, as ever: it may come again.
 */
export class Parking {
  readonly group: string;
  readonly lot: ParkingLot;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: ParkingMetrics;
  readonly #key: (record: LogRecord) => string;
  readonly #policy: Policy;
  readonly #most: number;
  readonly #known = new Knowledge();
  /** Tries of records that have not succeeded yet, over all deliveries to this process. */
  readonly #tries = new Map<string, { attempts: number; firstAt: number }>();

  constructor({ lot, group, key = (record) => record.key, clock, logger, metrics, policy = DEFAULT_POLICY, most = 10_000 }: ParkingOptions) {
    this.lot = lot;
    this.group = group;
    this.#clock = clock;
    this.#logger = logger;
    this.#metrics = parkingMetrics(metrics);
    this.#key = (record) => key(record).replaceAll('\0', '\uFFFD');
    this.#policy = policy;
    this.#most = most;
  }

  /** Handles consecutive records of a partition, keys side by side. Rejects as `handle` does where the records are not to blame. */
  async records(batch: LogRecord[], { width, cares = () => true }: { width: number; cares?: (record: LogRecord) => boolean }, handle: Handle): Promise<void> {
    await this.around(batch, () => byKey(batch.filter(cares), { key: this.#key, width }, async (record) => {
      if (await this.settled(record)) return;
      const failure = await this.attempt(record, handle);
      if (failure) await this.park(record, failure);
    }));
  }

  /** Does `work` on consecutive records of a partition, knowing what former holders of it have parked. */
  async around(batch: LogRecord[], work: () => Promise<void>): Promise<void> {
    if (!this.#known.following(batch)) await this.look();
    try {
      await work();
      this.#known.handled(batch);
    } catch (error) {
      this.#known.failed(batch);
      throw error;
    }
  }

  /** Whether all of these may be handled as far as is known here. */
  untouched(records: LogRecord[]): boolean {
    return this.#known.nothing || records.every((record) => wayOf(record, this.#key(record), this.#known) === 'handle');
  }

  /** Whether the record is not to be handled: it is dropped, parked, or waits behind another of its key from now on. */
  async settled(record: LogRecord): Promise<boolean> {
    const key = this.#key(record);
    switch (wayOf(record, key, this.#known)) {
      case 'skip':
        return true;
      case 'handle':
        return false;
      case 'behind': {
        const fate = await this.lot.park(this.group, { record, key, at: this.#clock.now() });
        if (fate === 'free') this.#known.free(key);
        if (fate === 'parked') this.#metrics.parked(this.group, BEHIND);
        return fate !== 'free';
      }
    }
  }

  /** Tries a record as often as it may be tried. @returns why it must be parked, or undefined. @throws what speaks of no record */
  async attempt(record: LogRecord, handle: Handle): Promise<Failure | undefined> {
    const name = nameOf(record);
    for (;;) {
      const { attempts, firstAt } = this.#tries.get(name) ?? { attempts: 0, firstAt: this.#clock.now() };
      try {
        await handle(record);
        this.#tries.delete(name);
        return undefined;
      } catch (error) {
        const verdict = verdictOn(error, attempts + 1, this.#policy);
        if (verdict.type === 'give-back') throw error;
        this.#tries.set(name, { attempts: attempts + 1, firstAt });
        this.#logger.warn({ err: error, group: this.group, record: name, key: this.#key(record), attempt: attempts + 1 }, 'a record was not handled');
        if (verdict.type === 'park') {
          this.#tries.delete(name);
          return { code: verdict.code, reason: verdict.reason, attempts: attempts + 1, firstAt, lastAt: this.#clock.now() };
        }
        await this.#clock.sleep(verdict.afterMs);
      }
    }
  }

  /** @throws CodedError `parking-full` */
  async park(record: LogRecord, failure: Failure): Promise<void> {
    const { group } = this;
    const key = this.#key(record);
    if (this.#known.keys >= this.#most) throw parkingErrors.error('parking-full', `${group} has ${this.#known.keys} parked keys`);
    const fate = await this.lot.park(group, { record, key, failure, at: this.#clock.now() });
    if (fate !== 'parked') return;
    this.#known.park(key);
    this.#metrics.parked(group, failure.code);
    const { envelope: { id, type } } = record;
    this.#logger.error({ code: failure.code, group, key, record: nameOf(record), message: id, type, attempts: failure.attempts, reason: failure.reason }, 'a record is parked: its key waits for a person');
  }

  async look(): Promise<Standing> {
    const standing = await this.#known.look(() => this.lot.standing(this.group));
    this.#metrics.records(this.group, standing.records);
    return standing;
  }
}
