import type { Found } from '@tradewind/load/attempts.ts';
import type { Play } from '@tradewind/load/play.ts';
import type { Verdict } from '@tradewind/ledger/verdict.ts';

/** What a trial takes place on: a platform in any topology. */
export interface Ground {
  /** A load of orders whose ids begin with `run`. */
  play(run: string, perSecond: number): Play;
  /** The ledger's, of all that was ever acknowledged here. */
  verdict(): Promise<Verdict>;
  /** What the stores hold of a run that has ended. */
  found(run: string): Promise<Found>;
  /** Of every load so far. */
  acknowledged: string[];
  /** The ledger's of before, once it was asked. */
  last?: Verdict;
  /** For a failure's message. */
  whereOrdersAre(): Promise<string>;
}
