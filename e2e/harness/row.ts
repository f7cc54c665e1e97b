import type { Counts } from '@tradewind/load/attempts.ts';
import type { Seen } from './trial.ts';

/** One fault: the content of a row. Times in ms. */
export interface Row extends Counts, Seen {
  /** What was struck, and how. */
  victim: string;
  how: string;
  /** Records that the log delivered again. */
  delivered: number;
  /** Orders that were cancelled because a service did not answer in time. */
  givenUp: number;
  /** Processes that ended by the fault, and were started again. */
  deaths: number;
  /** How often clients sent requests again, by what came of them before. */
  resends: Readonly<Record<string, number>>;
}

/** `results/NAME.json` */
export interface Result { name: string; machine: string; at: string; /** Orders a second. */ load: number; rows: Row[] }
