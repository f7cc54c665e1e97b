import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import type { LogRecord, Position, Subscribe, Subscription } from '../port.ts';
import { Feed } from './feed.ts';
import { Holding, type Holder } from './holding.ts';
import { share } from './share.ts';
import { Signal } from './signal.ts';
import { nameOf, type GroupStore, type GroupView, type Membership, type PartitionOf } from './store.ts';

/** What the members of one process share. */
export interface Grounds {
  store: GroupStore;
  clock: Clock;
  logger?: Logger;
  /** Its hints reach the members in other processes too. */
  wakeup: Wakeup;
  /** A member that is silent for this long loses its partitions. */
  leaseMs: number;
  pollMs: number;
  lingerMs: number;
}

/** Hint that a partition has new records. */
const partitionChannel = (partition: PartitionOf): string => `log:${nameOf(partition)}`;
/** Hint that a group's members or leases changed. */
export const groupChannel = (group: string): string => `log-group:${group}`;

/** Hints at what was just published. */
export function wakeReaders(wakeup: Wakeup, topic: string, positions: Position[]): void {
  for (const partition of new Set(positions.map((each) => each.partition))) wakeup.wake(partitionChannel({ topic, partition }));
}

const DEFAULT_BATCH = 500;
const BEAT_AGAIN_MS = 500;

/** One member of a group: it says that it lives, holds its share of the partitions and reads them. */
export class Member implements Subscription {
  readonly #grounds: Grounds;
  readonly #membership: Membership;
  readonly #holder: Holder;
  readonly #feed: Feed;
  readonly #beatSoon: Signal;
  readonly #holdings = new Map<string, Holding>();
  #unlisten: () => void = () => undefined;
  #leasedUntil = 0;
  #stopping: Promise<void> | undefined;
  #left = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(grounds: Grounds, id: string, subscription: Subscribe, handle: (batch: LogRecord[]) => Promise<void>) {
    const { store, clock, logger, pollMs, lingerMs } = grounds;
    const { group, topics, position, batch = DEFAULT_BATCH } = subscription;
    const leased = () => clock.now() < this.#leasedUntil;
    this.#grounds = grounds;
    this.#membership = { group, member: id, topics: [...new Set(topics)] };
    this.#beatSoon = new Signal(clock);
    this.#holder = {
      clock, logger, store, handle, position, leased,
      idle: () => this.#feed.room(),
      listen: (partition, task) => grounds.wakeup.listen(partitionChannel(partition), () => {
        task();
        this.#feed.hint();
      }),
    };
    this.#feed = new Feed({ clock, logger, store, leased, batch, pollMs, lingerMs, holdings: () => this.#holdings.values() });
  }

  /** Joins the group and takes what is free. @throws CodedError `topic-unknown` · `log-unavailable` */
  async start(from: 'beginning' | 'end'): Promise<void> {
    const { store, wakeup } = this.#grounds;
    const { group } = this.#membership;
    await store.join(this.#membership, from);
    try {
      await this.#beat();
    } catch (error) {
      await store.leave(this.#membership).catch(() => undefined);
      throw error;
    }
    wakeup.wake(groupChannel(group));
    this.#unlisten = wakeup.listen(groupChannel(group), () => this.#beatSoon.raise());
    this.#running = Promise.all([this.#feed.run(), this.#beats()]);
  }

  assigned(): { topic: string; partition: number }[] {
    return [...this.#holdings.values()].filter((each) => !each.ending)
      .map(({ lease: { topic, partition } }) => ({ topic, partition }));
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { store, wakeup, logger } = this.#grounds;
    this.#unlisten();
    this.#feed.stop();
    this.#beatSoon.raise();
    await Promise.all([...this.#holdings].map(([name, holding]) => this.#giveUp(name, holding)));
    this.#left = true;
    this.#beatSoon.raise();
    await this.#running;
    await Promise.all([...this.#holdings].map(([name, holding]) => this.#drop(name, holding)));
    try {
      await store.leave(this.#membership);
    } catch (error) {
      logger?.warn({ err: error, ...this.#membership }, 'left without a word: the leases will run out');
    }
    wakeup.wake(groupChannel(this.#membership.group));
  }

  async #beats(): Promise<void> {
    const { leaseMs, logger } = this.#grounds;
    let failures = 0;
    while (!this.#left) {
      await this.#beatSoon.wait(failures > 0 ? Math.min(leaseMs / 3, BEAT_AGAIN_MS) : leaseMs / 3);
      if (this.#left) return;
      try {
        await this.#beat();
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures === 1) logger?.warn({ err: error, ...this.#membership }, 'heartbeat failed');
      }
    }
  }

  async #beat(): Promise<void> {
    const { store, clock, leaseMs } = this.#grounds;
    const sent = clock.now();
    // A member that stops reads no topic any more: the others may take each partition as soon as it is free.
    const view = await store.beat(this.#stopping ? { ...this.#membership, topics: [] } : this.#membership, leaseMs);
    this.#dropLost(view);
    this.#leasedUntil = sent + leaseMs;
    this.#feed.room();
    if (!this.#stopping) await this.#balance(view);
  }

  /** Lets go of what others hold by now. */
  #dropLost({ claims }: GroupView): void {
    const mine = new Map(claims.filter((each) => each.holder === this.#membership.member).map((each) => [nameOf(each), each.epoch]));
    for (const [name, holding] of this.#holdings) {
      if (mine.get(name) === holding.lease.epoch) continue;
      holding.lose();
      void this.#drop(name, holding);
    }
  }

  /** Gives up what is over the share, takes what is missing from it and free. */
  async #balance(view: GroupView): Promise<void> {
    const { store, leaseMs } = this.#grounds;
    const { group, member } = this.#membership;
    const mine = share(view, member);
    for (const [name, holding] of this.#holdings) if (!mine.has(name) && !holding.ending) void this.#giveUp(name, holding);
    const loose = view.claims.filter((claim) => !this.#holdings.has(nameOf(claim)));
    const left = loose.filter((claim) => claim.holder === member && !mine.has(nameOf(claim)));
    if (left.length > 0) await store.release(left.map((claim) => ({ ...claim, group, member })));
    const free = loose.filter((claim) => mine.has(nameOf(claim)) && (!claim.holder || claim.holder === member));
    if (free.length === 0) return;
    for (const taken of await store.take(this.#membership, free, leaseMs))
      this.#holdings.set(nameOf(taken.lease), new Holding(taken, this.#holder));
  }

  async #giveUp(name: string, holding: Holding): Promise<void> {
    const { store, wakeup, logger } = this.#grounds;
    await this.#drop(name, holding);
    try {
      await store.release([holding.lease]);
    } catch (error) {
      logger?.warn({ err: error, ...holding.lease }, 'partition not given up yet');
    }
    wakeup.wake(groupChannel(this.#membership.group));
  }

  /** A batch in hand keeps its partition's place until it has ended: no second one runs beside it. */
  async #drop(name: string, holding: Holding): Promise<void> {
    await holding.end();
    if (this.#holdings.get(name) === holding) this.#holdings.delete(name);
  }
}
