import { Signal } from '../group/signal.ts';
import type { LogRecord, Subscription } from '../port.ts';
import { assign } from './assign.ts';
import type { Code } from './codes.ts';
import { decodeAssignment, decodeInterest, encodeAssignment, encodeInterest } from './consumer-protocol.ts';
import { asLogError } from './failure.ts';
import { Holdings, type SubscribeFrom } from './holdings.ts';
import type { Joined } from './link.ts';
import { goodOfGroup } from './positions.ts';
import { OUT, Session, type Grounds } from './session.ts';

const PROTOCOL = 'tradewind-cooperative';
const AGAIN_MS = 250;
const REFUSED_AGAIN_MS = 5_000;
const LEAVE_AT_ONCE_MS = 50;
/** A broker says at once by which name it will know a new member. */
const NAMED_WITHIN_MS = 1_000;

/**
 * One member of a group, by Kafka's protocol for members that assign partitions among themselves, incrementally: a
 * member keeps what stays its own while the group shares out anew, and gives up the rest when its batch has ended.
 */
export class Member implements Subscription {
  readonly #grounds: Grounds;
  readonly #group: string;
  readonly #topics: string[];
  readonly #lane: string;
  readonly #session: Session;
  readonly #holdings: Holdings;
  readonly #rejoin: Signal;
  #joining = false;
  #left = false;
  #stopping: Promise<void> | undefined;
  #running: Promise<unknown> = Promise.resolve();

  constructor(grounds: Grounds, id: string, subscription: SubscribeFrom, handle: (batch: LogRecord[]) => Promise<void>) {
    const { group, topics } = subscription;
    this.#grounds = grounds;
    this.#group = group;
    this.#topics = [...new Set(topics)];
    this.#lane = `member ${id}`;
    this.#rejoin = new Signal(grounds.clock);
    this.#session = new Session(grounds, group, (error) => this.#told(error));
    this.#holdings = new Holdings({ ...grounds, lane: this.#lane, session: this.#session, subscription, handle, freed: () => this.#rejoin.raise() });
  }

  start(): void {
    this.#running = Promise.all([this.#run(), this.#session.beats()]);
  }

  assigned(): { topic: string; partition: number }[] {
    return this.#holdings.read();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { cluster, clock } = this.#grounds;
    const ended = this.#holdings.stop();
    // What is idle need not wait for what is in hand.
    const cancel = clock.after(LEAVE_AT_ONCE_MS, () => this.#rejoin.raise());
    await ended;
    cancel();
    this.#left = true;
    this.#rejoin.raise();
    this.#session.stop();
    // Who has asked to be a member and hangs up before hearing its name cannot leave by it: the group would wait for it.
    const hangUp = clock.after(this.#session.known.member === '' ? NAMED_WITHIN_MS : 0, () => cluster.links.drop(this.#lane));
    await this.#running;
    hangUp();
    await this.#session.leave();
    cluster.links.drop(this.#lane);
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
      const subscription = encodeInterest({ topics: this.#stopping ? [] : this.#topics, owned: this.#holdings.owned() });
      const request = { group, member: this.#session.known.member, sessionMs, rebalanceMs, protocol, subscription };
      const joined = await cluster.ofGroup(group, (link) => link.join(request), { lane: `${this.#lane} join`, withinMs: rebalanceMs + 10_000 });
      if (joined.error === 'MEMBER_ID_REQUIRED') this.#session.knownAs(joined.member);
      if (this.#left) return;
      if (joined.error === 'MEMBER_ID_REQUIRED') continue;
      if (OUT.has(joined.error)) this.#lose();
      else if (await this.#sync(goodOfGroup(cluster, group, joined))) return;
    }
  }

  /** @returns false when the group began to share out anew in the meantime. */
  async #sync(joined: Joined): Promise<boolean> {
    const { cluster, clock, rebalanceMs } = this.#grounds;
    const group = this.#group;
    this.#session.knownAs(joined.member, joined.generation);
    const assignments = joined.leader === joined.member ? await this.#share(joined.members) : [];
    const sent = clock.now();
    const request = { ...this.#session.known, assignments };
    const synced = await cluster.ofGroup(group, (link) => link.sync(request), { lane: `${this.#lane} join`, withinMs: rebalanceMs + 10_000 });
    if (synced.error === 'REBALANCE_IN_PROGRESS') return false;
    if (OUT.has(synced.error)) {
      this.#lose();
      return false;
    }
    goodOfGroup(cluster, group, synced);
    this.#session.begin(sent);
    await this.#holdings.reconcile(decodeAssignment(synced.assignment));
    return true;
  }

  /** As the group's leader. */
  async #share(members: Joined['members']): Promise<{ member: string; assignment: Buffer }[]> {
    const readers = members.map(({ member, subscription }) => ({ member, ...decodeInterest(subscription) }));
    const partitions = new Map<string, number>();
    for (const topic of new Set(readers.flatMap(({ topics }) => topics))) partitions.set(topic, await this.#grounds.cluster.partitions(topic));
    return [...assign(readers, partitions)].map(([member, assigned]) => ({ member, assignment: encodeAssignment(assigned) }));
  }

  /** Is no member any more: others have its partitions. */
  #lose(): void {
    this.#session.lose();
    this.#holdings.lose();
  }

  /** While it joins, it is told by the answers to that. */
  #told(error: Code): void {
    if (error === 'NONE' || this.#joining) return;
    if (OUT.has(error)) this.#lose();
    else if (error !== 'REBALANCE_IN_PROGRESS') goodOfGroup(this.#grounds.cluster, this.#group, { error });
    this.#rejoin.raise();
  }
}
