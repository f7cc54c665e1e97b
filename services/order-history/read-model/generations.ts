import type { RebuildState } from '../rebuild/state.ts';
import type { Comparison } from './comparison.ts';
import type { Position, Projection } from './projection.ts';

/**
 * The generations of a read model: the one that is read, a candidate that is being built beside it, and the one that was
 * read before. At most one of each.
 */
export interface Generations {
  /** What is kept of the last rebuild. */
  kept(): Promise<Kept>;

  /** Puts `state` in its place, unless somebody else was faster. @returns whether it did */
  keep(state: RebuildState, revision: number): Promise<boolean>;

  /** Those there are: how many orders each shows, how many records of the log it stands on. */
  list(): Promise<GenerationSum[]>;

  /** Forgets the one that was read before. There may be none. */
  dropRetired(): Promise<void>;

  /** The right to build, until it is released or its holder dies. @returns undefined while another has it */
  claim(): Promise<Site | undefined>;
}

export interface Kept { revision: number; state: RebuildState }
export type GenerationName = 'live' | 'candidate' | 'retired';
export interface GenerationSum { name: GenerationName; orders: number; records: number }

/**
 * Where the one process that has the right builds: a projection onto the candidate. Whoever has lost the right changes
 * nothing any more: its calls reject with `store-unavailable`.
 */
export interface Site extends Projection {
  /**
   * Has the candidate be there that the kept state asks for with `from`, and notes that it is.
   * @throws CodedError `nothing-retired`
   */
  prepare(): Promise<void>;

  /** How far candidate and live generation are. */
  positions(): Promise<{ candidate: Position[]; live: Position[] }>;

  /** Compares as far as that can be done while both move on, so that `switchOver` has little left to do. */
  compare(): Promise<void>;

  /**
   * Holds up whoever writes the live generation, has the candidate caught up with it, compares, and keeps what `judge` makes
   * of the comparison; where that is `done`, the candidate becomes live and the live one retired, which drops the one retired
   * before. One transaction.
   * @param catchUp takes the candidate to these positions.
   * @returns the state then; undefined where too much was left to catch up with: go on, and ask again.
   */
  switchOver(catchUp: (live: Position[]) => Promise<void>, judge: (is: RebuildState, comparison: Comparison) => RebuildState): Promise<RebuildState | undefined>;

  /** Drops the candidate and keeps what `ended` says, in one transaction. */
  discard(ended: (is: RebuildState) => RebuildState): Promise<void>;

  release(): Promise<void>;
}
