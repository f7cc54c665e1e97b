import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import { Batched } from '@tradewind/chassis/system/batched.ts';
import { Holding, type Holder } from '../group/holding.ts';
import { Signal } from '../group/signal.ts';
import { nameOf, type Lease, type PartitionOf } from '../group/store.ts';
import type { LogRecord, Subscribe, Subscription } from '../port.ts';
import { assign } from './assign.ts';
import type { Cluster } from './cluster.ts';
import type { Code } from './codes.ts';
import { decodeAssignment, decodeInterest, encodeAssignment, encodeInterest } from './consumer-protocol.ts';
import { asLogError, BrokerError, good } from './failure.ts';
import { Feed } from './feed.ts';
import type { Committed, Joined } from './link.ts';
import { committed, goodOfGroup } from './positions.ts';

/** What the members of one log share. */
export interface Grounds {
  cluster: Cluster;
  clock: Clock;
  logger?: Logger;
  /** A member that is silent for this long loses its partitions. */
  sessionMs: number;
  /** A batch in hand keeps a partition that is to go to another member for this long. */
  rebalanceMs: number;
}

const PROTOCOL = 'tradewind-cooperative';
const DEFAULT_BATCH = 500;
const LONGEST_BEAT_MS = 1_000;
const AGAIN_MS = 250;
const REFUSED_AGAIN_MS = 5_000;
const LEAVE_AT_ONCE_MS = 50;
/** A broker says at once by which name it will know a new member. */
const NAMED_WITHIN_MS = 1_000;
/** The group's coordinator may have moved. */
const LEAVE_TRIES = 3;

/** This member is none any more, or its generation is over. */
const OUT: ReadonlySet<Code> = new Set<Code>(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION']);

/** The group's coordinator has heard of this member. */
const ALIVE: ReadonlySet<Code> = new Set<Code>(['NONE', 'REBALANCE_IN_PROGRESS']);

/**
 * One member of a group, by Kafka's protocol for members that assign partitions among themselves, incrementally: a
 * member keeps what stays its own while the group shares out anew, and gives up the rest when its batch has ended.
 */
export class Member implements Subscription {
  readonly #grounds: Grounds;
  readonly #group: string;
  readonly #topics: string[];
  readonly #begin: Map<string, number>;
  readonly #holder: Holder;
  readonly #feed: Feed;
  readonly #lane: string;
  readonly #holdings = new Map<string, Holding>();
  /** Others have these partitions; they stay among the holdings until what is in hand has ended, so that no second batch runs beside it. */
  readonly #gone = new WeakSet<Holding>();
  readonly #commits: Batched<{ lease: Lease; next: number }, boolean | Error>;
  readonly #rejoin: Signal;
  readonly #beatSoon: Signal;
  #member = '';
  #generation = -1;
  #epoch = 0;
  /** Its own by the present generation. */
  #assigned: PartitionOf[] = [];
  #joining = false;
  #leasedUntil = 0;
  #left = false;
  #stopping: Promise<void> | undefined;
  #running: Promise<unknown> = Promise.resolve();

  /** @param begin where the group begins in partitions in which it has no position, by name. */
  constructor(grounds: Grounds, id: string, subscription: Subscribe & { begin: Map<string, number> }, handle: (batch: LogRecord[]) => Promise<void>) {
    const { cluster, clock, logger } = grounds;
    this.#grounds = grounds;
    this.#group = subscription.group;
    this.#topics = [...new Set(subscription.topics)];
    this.#begin = subscription.begin;
    this.#lane = `member ${id}`;
    this.#rejoin = new Signal(clock);
    this.#beatSoon = new Signal(clock);
    this.#commits = new Batched({ send: (commits) => this.#commit(commits), weigh: () => 1, most: 10_000 });
    this.#feed = new Feed({ cluster, clock, logger, lane: this.#lane, batch: subscription.batch ?? DEFAULT_BATCH });
    this.#holder = {
      clock, logger, handle, position: subscription.position,
      store: { commit: async (lease, next) => settled(await this.#commits.add({ lease, next })) },
      leased: () => clock.now() < this.#leasedUntil,
      idle: () => this.#feed.turn(),
      listen: () => () => undefined,
    };
  }

  start(): void {
    this.#running = Promise.all([this.#run(), this.#beats()]);
  }

  assigned(): { topic: string; partition: number }[] {
    return [...this.#holdings.values()].filter((each) => !each.ending).map(({ lease: { topic, partition } }) => ({ topic, partition }));
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { cluster, clock } = this.#grounds;
    this.#feed.stop();
    const ended = Promise.all([...this.#holdings.values()].map((holding) => this.#drop(holding)));
    // What is idle need not wait for what is in hand.
    const cancel = clock.after(LEAVE_AT_ONCE_MS, () => this.#rejoin.raise());
    await ended;
    cancel();
    this.#left = true;
    this.#rejoin.raise();
    this.#beatSoon.raise();
    // Who has asked to be a member and hangs up before hearing its name cannot leave by it: the group would wait for it.
    const hangUp = clock.after(this.#member === '' ? NAMED_WITHIN_MS : 0, () => cluster.links.drop(this.#lane));
    await this.#running;
    hangUp();
    await this.#leave();
    cluster.links.drop(this.#lane);
  }

  async #leave(): Promise<void> {
    const { cluster, clock, logger } = this.#grounds;
    const [group, member, generation] = [this.#group, this.#member, this.#generation];
    try {
      for (let tries = 1; member !== ''; tries += 1, await clock.sleep(AGAIN_MS)) {
        const answer = await cluster.ofGroup(group, (link) => link.leave({ group, member, generation }));
        if (answer.error === 'NONE' || OUT.has(answer.error)) return;
        cluster.forgetCoordinator(group);
        if (tries === LEAVE_TRIES) good(answer, `group ${group}`);
      }
    } catch (error) {
      logger?.warn({ err: asLogError(error), group, member }, 'left without a word: the session will run out');
    }
  }

  /** Joins, and joins again whenever the group shares out anew. */
  async #run(): Promise<void> {
    const { logger } = this.#grounds;
    for (let failures = 0; !this.#left; ) {
      try {
        this.#joining = true;
        await this.#join();
        failures = 0;
        this.#joining = false;
        await this.#rejoin.wait(REFUSED_AGAIN_MS * 1_000);
      } catch (error) {
        this.#joining = false;
        if (this.#left) return;
        const told = asLogError(error);
        const refused = told instanceof Error && 'canRetry' in told && told.canRetry === false;
        if (failures === 0 || refused) logger?.warn({ err: told, group: this.#group }, 'not joined yet');
        failures += 1;
        await this.#rejoin.wait(refused ? REFUSED_AGAIN_MS : AGAIN_MS);
      }
    }
  }

  async #join(): Promise<void> {
    const { cluster, sessionMs, rebalanceMs } = this.#grounds;
    const [group, protocol] = [this.#group, PROTOCOL];
    for (;;) {
      const subscription = encodeInterest({ topics: this.#stopping ? [] : this.#topics, owned: [...this.#holdings.values()].filter((each) => !this.#gone.has(each)).map((each) => each.lease) });
      const request = { group, member: this.#member, sessionMs, rebalanceMs, protocol, subscription };
      const joined = await cluster.ofGroup(group, (link) => link.join(request), { lane: `${this.#lane} join`, withinMs: rebalanceMs + 10_000 });
      if (joined.error === 'MEMBER_ID_REQUIRED') this.#member = joined.member;
      if (this.#left) return;
      if (joined.error === 'MEMBER_ID_REQUIRED') continue;
      if (OUT.has(joined.error)) this.#lose();
      else if (await this.#sync(goodOfGroup(cluster, group, joined))) return;
    }
  }

  /** @returns false when the group began to share out anew in the meantime. */
  async #sync(joined: Joined): Promise<boolean> {
    const { cluster, clock, sessionMs } = this.#grounds;
    const group = this.#group;
    this.#member = joined.member;
    this.#generation = joined.generation;
    const assignments = joined.leader === joined.member ? await this.#share(joined.members) : [];
    const sent = clock.now();
    const request = { group, member: this.#member, generation: this.#generation, assignments };
    const synced = await cluster.ofGroup(group, (link) => link.sync(request), { lane: `${this.#lane} join`, withinMs: this.#grounds.rebalanceMs + 10_000 });
    if (synced.error === 'REBALANCE_IN_PROGRESS') return false;
    if (OUT.has(synced.error)) {
      this.#lose();
      return false;
    }
    goodOfGroup(cluster, group, synced);
    this.#leasedUntil = sent + sessionMs;
    this.#assigned = decodeAssignment(synced.assignment);
    await this.#reconcile();
    return true;
  }

  /** As the group's leader. */
  async #share(members: Joined['members']): Promise<{ member: string; assignment: Buffer }[]> {
    const readers = members.map(({ member, subscription }) => ({ member, ...decodeInterest(subscription) }));
    const partitions = new Map<string, number>();
    for (const topic of new Set(readers.flatMap(({ topics }) => topics))) partitions.set(topic, await this.#grounds.cluster.partitions(topic));
    return [...assign(readers, partitions)].map(([member, assigned]) => ({ member, assignment: encodeAssignment(assigned) }));
  }

  /** Gives up what is no longer its own, takes what is new. */
  async #reconcile(): Promise<void> {
    const mine = new Set(this.#assigned.map(nameOf));
    for (const [name, holding] of this.#holdings) if (!mine.has(name) && !holding.ending) void this.#giveUp(holding);
    const wanted = this.#stopping ? [] : this.#assigned.filter((each) => !this.#holdings.has(nameOf(each)));
    if (wanted.length === 0) return;
    const generation = this.#generation;
    const known = await committed(this.#grounds.cluster, this.#group, wanted);
    if (generation !== this.#generation || this.#stopping) return;
    for (const each of wanted) this.#take(each, known.find(({ topic, partition }) => topic === each.topic && partition === each.partition));
  }

  #take({ topic, partition }: PartitionOf, known: Committed | undefined): void {
    const begin = this.#begin.get(nameOf({ topic, partition })) ?? 0;
    this.#epoch += 1;
    const lease = { group: this.#group, member: this.#member, topic, partition, epoch: this.#epoch };
    const holding = new Holding({ lease, position: known?.next ?? begin }, this.#holder);
    this.#holdings.set(nameOf(lease), holding);
    this.#feed.add(lease, holding);
    // So that the group begins there whoever comes next.
    if (!known) this.#commits.add({ lease, next: begin }).catch((err: unknown) => { this.#grounds.logger?.warn({ err, ...lease }, 'where the group begins is not kept yet'); });
  }

  async #giveUp(holding: Holding): Promise<void> {
    const { clock, rebalanceMs, logger } = this.#grounds;
    const cancel = clock.after(rebalanceMs, () => {
      logger?.warn({ ...holding.lease }, 'a batch took longer than the others wait for its partition');
      holding.lose();
      this.#gone.add(holding);
      this.#rejoin.raise();
    });
    await this.#drop(holding);
    cancel();
  }

  /** A batch in hand keeps its partition's place until it has ended; then the group shares out anew. */
  async #drop(holding: Holding): Promise<void> {
    await holding.end();
    const name = nameOf(holding.lease);
    this.#feed.remove(holding.lease, holding);
    if (this.#holdings.get(name) === holding) this.#holdings.delete(name);
    if (!this.#stopping) this.#rejoin.raise();
  }

  /** Is no member any more: others have its partitions. */
  #lose(): void {
    this.#member = '';
    this.#generation = -1;
    this.#assigned = [];
    this.#leasedUntil = 0;
    for (const holding of this.#holdings.values()) {
      holding.lose();
      this.#gone.add(holding);
      void this.#drop(holding);
    }
  }

  async #beats(): Promise<void> {
    const { sessionMs, logger } = this.#grounds;
    let failures = 0;
    while (!this.#left) {
      await this.#beatSoon.wait(Math.min(sessionMs / 3, LONGEST_BEAT_MS));
      if (this.#left) return;
      try {
        await this.#beat();
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures === 1) logger?.warn({ err: asLogError(error), group: this.#group, member: this.#member }, 'heartbeat failed');
      }
    }
  }

  async #beat(): Promise<void> {
    const { cluster, clock, sessionMs } = this.#grounds;
    const [group, member, generation, sent] = [this.#group, this.#member, this.#generation, clock.now()];
    if (member === '' || generation < 0) return;
    const { error } = await cluster.ofGroup(group, (link) => link.heartbeat({ group, member, generation }), { withinMs: Math.max(sessionMs / 2, 500) });
    if (member !== this.#member || generation !== this.#generation) return;
    if (ALIVE.has(error)) this.#leasedUntil = Math.max(this.#leasedUntil, sent + sessionMs);
    if (error === 'NONE' || this.#joining) return;
    if (OUT.has(error)) this.#lose();
    else if (!ALIVE.has(error)) goodOfGroup(cluster, group, { error });
    this.#rejoin.raise();
  }

  /** Positions of several partitions in one request; each gets whether it was committed, or why that is not known. */
  async #commit(commits: { lease: Lease; next: number }[]): Promise<(boolean | Error)[]> {
    const { cluster } = this.#grounds;
    const [group, member, generation] = [this.#group, this.#member, this.#generation];
    const held = commits.filter(({ lease }) => this.#holds(lease));
    const positions = held.map(({ lease: { topic, partition }, next }) => ({ topic, partition, next }));
    const answers = positions.length > 0 ? await cluster.ofGroup(group, (link) => link.commit({ group, member, generation }, positions)) : [];
    const errors = new Map(answers.map((each) => [nameOf(each), each.error]));
    const out = [...errors.values()].some((error) => OUT.has(error));
    const same = member === this.#member && generation === this.#generation;
    if (out && same && !this.#joining) {
      this.#lose();
      this.#rejoin.raise();
    }
    return commits.map(({ lease }) => this.#outcome(lease, errors.get(nameOf(lease))));
  }

  #outcome(lease: Lease, error: Code | undefined): boolean | Error {
    if (error === 'NONE') return true;
    if (!this.#holds(lease)) return false;
    if (error === 'NOT_COORDINATOR' || error === 'COORDINATOR_NOT_AVAILABLE') this.#grounds.cluster.forgetCoordinator(this.#group);
    return new BrokerError(error ?? 'OTHER', `position of ${nameOf(lease)}`);
  }

  #holds(lease: Lease): boolean {
    const holding = this.#holdings.get(nameOf(lease));
    return holding?.lease === lease && !this.#gone.has(holding);
  }
}

function settled(outcome: boolean | Error): boolean {
  if (typeof outcome === 'boolean') return outcome;
  throw asLogError(outcome);
}
