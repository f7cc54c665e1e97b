import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import { Signal } from '../group/signal.ts';
import type { Cluster } from './cluster.ts';
import type { Code } from './codes.ts';
import { asLogError, good } from './failure.ts';
import type { MemberOf } from './link.ts';

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

const LONGEST_BEAT_MS = 1_000;
const LEAVE_AGAIN_MS = 250;
/** The group's coordinator may have moved. */
const LEAVE_TRIES = 3;

/** This member is none any more, or its generation is over. */
export const OUT: ReadonlySet<Code> = new Set<Code>(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION']);

/** A member's session with its group's coordinator: how it is known there, the heartbeats, and how long its leases are good. */
export class Session {
  readonly #grounds: Grounds;
  readonly #told: (error: Code) => void;
  readonly #beatSoon: Signal;
  #known: MemberOf;
  #leasedUntil = 0;
  #stopped = false;

  /** @param told what the coordinator answered to the member as it is known by then. */
  constructor(grounds: Grounds, group: string, told: (error: Code) => void) {
    this.#grounds = grounds;
    this.#told = told;
    this.#beatSoon = new Signal(grounds.clock);
    this.#known = { group, member: '', generation: -1 };
  }

  /** No name: no member; no generation: it has a name, and has yet to join by it. */
  get known(): Readonly<MemberOf> {
    return this.#known;
  }

  is({ member, generation }: MemberOf): boolean {
    return member === this.#known.member && generation === this.#known.generation;
  }

  get leased(): boolean {
    return this.#grounds.clock.now() < this.#leasedUntil;
  }

  knownAs(member: string, generation = -1): void {
    this.#known = { group: this.#known.group, member, generation };
  }

  /** The member has its share of this generation, which it asked for at `sent`. */
  begin(sent: number): void {
    this.#leasedUntil = sent + this.#grounds.sessionMs;
  }

  /** The group has no such member any more. */
  lose(): void {
    this.knownAs('');
    this.#leasedUntil = 0;
  }

  /** What was answered to the member as it was when it asked. */
  answered(asked: MemberOf, error: Code): void {
    if (this.is(asked)) this.#told(error);
  }

  /** Beats until it is stopped. */
  async beats(): Promise<void> {
    const { sessionMs, logger } = this.#grounds;
    let failures = 0;
    while (!this.#stopped) {
      await this.#beatSoon.wait(Math.min(sessionMs / 3, LONGEST_BEAT_MS));
      if (this.#stopped) return;
      try {
        await this.#beat();
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures === 1) logger?.warn({ err: asLogError(error), group: this.#known.group, member: this.#known.member }, 'heartbeat failed');
      }
    }
  }

  async #beat(): Promise<void> {
    const { cluster, clock, sessionMs } = this.#grounds;
    const [asked, sent] = [this.#known, clock.now()];
    if (asked.member === '' || asked.generation < 0) return;
    const { error } = await cluster.ofGroup(asked.group, (link) => link.heartbeat(asked), { withinMs: Math.max(sessionMs / 2, 500) });
    const alive = error === 'NONE' || error === 'REBALANCE_IN_PROGRESS';
    if (alive && this.is(asked)) this.#leasedUntil = Math.max(this.#leasedUntil, sent + sessionMs);
    this.answered(asked, error);
  }

  stop(): void {
    this.#stopped = true;
    this.#beatSoon.raise();
  }

  /** So that the group need not wait for the session to run out. */
  async leave(): Promise<void> {
    const { cluster, clock, logger } = this.#grounds;
    const asked = this.#known;
    const { group, member } = asked;
    try {
      for (let tries = 1; member !== ''; tries += 1, await clock.sleep(LEAVE_AGAIN_MS)) {
        const answer = await cluster.ofGroup(group, (link) => link.leave(asked));
        if (answer.error === 'NONE' || OUT.has(answer.error)) return;
        cluster.forgetCoordinator(group);
        if (tries === LEAVE_TRIES) good(answer, `group ${group}`);
      }
    } catch (error) {
      logger?.warn({ err: asLogError(error), group, member }, 'left without a word: the session will run out');
    }
  }
}
