import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { print } from '@tradewind/ledger/print.ts';
import type { Verdict } from '@tradewind/ledger/verdict.ts';
import { untilSettled } from '@tradewind/ledger/wait.ts';
import { countsOf, type Counts } from '@tradewind/load/attempts.ts';
import { longestGap } from '@tradewind/load/gaps.ts';
import type { Ground } from './ground.ts';
import { acknowledgedOf, underWay, type Play } from '@tradewind/load/play.ts';

const LOOK_MS = 100;
const SETTLE_WITHIN_MS = 180_000;
/** Answered within this time is at once; what twice this time brings may be under way. */
const USUAL_MS = 1_000;

/** What a trial found, after its load was stopped and all was settled. */
export interface Outcome {
  counts: Counts;
  verdict: Verdict;
  /** Records that the log delivered again, since the trial began. */
  delivered: number;
  oddities: string[];
  /** Orders cancelled since, because a service did not answer the saga in time. */
  givenUp: number;
  /** How often clients sent requests again, by what came of them before. */
  resends: Readonly<Record<string, number>>;
}

/** One fault of one thing. */
export interface Blow {
  /** Resolves when the fault itself is over: what was struck runs again, though it may not answer yet. */
  strike(): Promise<void>;
  /** Resolves when it answers again. */
  back(withinMs: number): Promise<void>;
}

/** When a fault began, ended, what was struck answered again, and it was got over, in epoch ms. */
export interface Struck { began: number; ended: number; back: number; recovered: number }

/** What clients saw of a fault, in ms. */
export interface Seen {
  /** The fault itself, as long as whoever made it took. */
  lasted: number;
  /** From its beginning until what was struck answers again; a server's health is looked at every 2 s. */
  back: number;
  /** Longest time in which no order was accepted, of those sent once, twice at most, or as often as it took; and in which none was seen to settle. */
  placingAtOnce: number;
  placingAgain: number;
  placing: number;
  settling: number;
  /** The longest that a client waited for a 202, sending again included. */
  slowest: number;
  /** From its beginning until orders were answered at once again, and none waited longer than usual. */
  recovered: number;
}

/** A load on a platform, and what its clients see of it. */
export class Trial {
  readonly #ground: Ground;
  readonly #run: string;
  readonly #play: Play;
  readonly #perSecond: number;
  #before = { delivered: 0, givenUp: 0 };
  /** Orders under way when all was well, at most. */
  #usual = 0;

  private constructor(ground: Ground, run: string, perSecond: number) {
    this.#ground = ground;
    this.#run = run;
    this.#perSecond = perSecond;
    this.#play = ground.play(run, perSecond);
  }

  /** Begins a load, and lets it run until what is usual is known. @param run begins the ids of its orders. */
  static async begin(ground: Ground, run: string, { perSecond, warmMs }: { perSecond: number; warmMs: number }): Promise<Trial> {
    const trial = new Trial(ground, run, perSecond);
    trial.#before = totals(ground.last ?? await ground.verdict());
    try {
      await trial.#play.start();
      await trial.#warmUp(warmMs);
      return trial;
    } catch (error) {
      await trial.#play.stop().catch(() => undefined); // it would go on under the trials to come
      throw error;
    }
  }

  /** Orders attempted whose end no client has seen, and may still see. */
  get underWay(): number {
    return underWay(this.#play);
  }

  /** Strikes, and waits until it is got over. @throws Error when clients see no end of it. */
  async strike(blow: Blow, withinMs: number): Promise<Struck> {
    const began = Date.now();
    await blow.strike();
    const ended = Date.now();
    await blow.back(withinMs);
    return { began, ended, back: Date.now(), recovered: await this.untilUsual(ended, ended + withinMs) };
  }

  /** @returns when all began to be as usual for a while. @throws Error when it never was */
  async untilUsual(since: number, until: number): Promise<number> {
    let usualFrom: number | undefined;
    for (; Date.now() < until; await sleep(LOOK_MS)) {
      const placed = this.#play.attempts.some(({ at, acknowledgedAt }) => at > since && acknowledgedAt !== undefined && acknowledgedAt - at < USUAL_MS);
      const usual = placed && this.underWay <= this.#usual && this.#play.grew.some((at) => at > since);
      usualFrom = usual ? usualFrom ?? Date.now() : undefined;
      if (usualFrom !== undefined && Date.now() - usualFrom >= USUAL_MS) return usualFrom;
    }
    const seconds = ((until - since) / 1_000).toFixed(0);
    throw new Error(`${seconds} s after the fault ${this.underWay} orders are still under way, usual are ${this.#usual}; ${await this.#ground.whereOrdersAre()}`);
  }

  seen({ began, ended, back, recovered }: Struck): Seen {
    const accepted = (most: number) => this.#play.attempts.flatMap(({ acknowledgedAt, tries = 0 }) => (tries <= most ? acknowledgedAt ?? [] : []));
    const span = { from: began, to: recovered };
    return {
      lasted: ended - began, back: back - began, recovered: recovered - began, slowest: this.#slowest(span), settling: longestGap(this.#play.grew, span),
      placingAtOnce: longestGap(accepted(1), span), placingAgain: longestGap(accepted(2), span), placing: longestGap(accepted(Infinity), span),
    };
  }

  #slowest({ from, to }: { from: number; to: number }): number {
    const waits = this.#play.attempts.flatMap(({ at, acknowledgedAt }) => (acknowledgedAt !== undefined && acknowledgedAt > from && at < to ? acknowledgedAt - at : []));
    return Math.max(0, ...waits);
  }

  /** Stops the load, waits until all is settled, and asks the ledger. */
  async end(): Promise<Outcome> {
    await this.#play.stop();
    this.#ground.acknowledged.push(...acknowledgedOf(this.#play));
    const verdict = await untilSettled(() => this.#ground.verdict(), { clock: systemClock, waitMs: SETTLE_WITHIN_MS });
    this.#ground.last = verdict;
    const { delivered, givenUp } = totals(verdict);
    return {
      verdict, counts: countsOf(this.#play.attempts, await this.#ground.found(this.#run)),
      delivered: delivered - this.#before.delivered, givenUp: givenUp - this.#before.givenUp, oddities: [...this.#play.oddities], resends: { ...this.#play.resends },
    };
  }

  async #warmUp(forMs: number): Promise<void> {
    const levels: number[] = [];
    for (const end = Date.now() + forMs; Date.now() < end; await sleep(LOOK_MS)) levels.push(this.underWay);
    this.#usual = Math.ceil(Math.max(2 * this.#perSecond * (USUAL_MS / 1_000), 1.5 * Math.max(...levels.slice(levels.length / 2))));
  }
}

/** Since the platform began. */
function totals({ duplicatesDelivered, orders: { cancelledBecause } }: Verdict): Pick<Outcome, 'delivered' | 'givenUp'> {
  return { delivered: duplicatesDelivered, givenUp: cancelledBecause['step-timed-out'] ?? 0 };
}

/** What is wrong with an outcome; empty when all is well. */
export function wrongWith({ counts: { lost, unexpected, twice }, verdict, oddities }: Outcome): string[] {
  return [
    ...Object.entries({ lost, unexpected, twice }).filter(([, count]) => count > 0).map(([name, count]) => `${name}: ${count}`),
    ...(verdict.holds && verdict.inFlight === 0 ? [] : [print(verdict)]),
    ...oddities,
  ];
}
