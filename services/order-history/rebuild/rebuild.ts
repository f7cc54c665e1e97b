import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Log } from '@tradewind/log/port.ts';
import type { Generations, Site } from '../read-model/generations.ts';
import { readModelErrors } from '../read-model/errors.ts';
import type { Position } from '../read-model/projection.ts';
import { CatchUp, type CatchUpOptions } from './catch-up.ts';
import { advanced, discarded, judged, onceMore, type RebuildState } from './state.ts';

/** Rounds of catching up before the switch is tried, and between tries that found the live generation too far ahead. */
const ROUNDS = 50;
/** The kept state says how far it is as often, in ms. */
const NOTED_EVERY_MS = 500;

export interface RebuildParts { generations: Generations; site: Site; log: Log; clock: Clock }

export interface RebuildOptions extends Omit<CatchUpOptions, 'onProgress'> {
  /** Whether the live generation was given something besides the log that the candidate lacks. Asked when nobody can give it more. */
  stale?: () => Promise<boolean>;
}

/** The kept state says something else by now. */
export class Unwanted extends Error {
  override readonly name = 'Unwanted';
}

/**
 * Builds the candidate that the kept state asks for, from where it stands: catches up with the live generation, which goes on
 * meanwhile, compares the two, and has them change places.
 * @returns the state that it ended in: `done` or `differs`. One that is stale is to be begun anew: Unwanted.
 * @throws CodedError `log-too-short` · `message-from-the-future` · `nothing-retired` · what the ports throw · the signal's
 * reason · Unwanted. The live generation then stays, and the candidate is kept: another call goes on with it.
 */
export async function rebuild(parts: RebuildParts, options: RebuildOptions = {}): Promise<RebuildState> {
  const { site, log, clock } = parts;
  await site.prepare();
  const noted = progressNote(parts);
  const catchUp = new CatchUp(site, log, { ...options, onProgress: (records) => noted.progress(records) });
  const follow = async (live?: Position[]): Promise<void> => {
    const stands = await site.positions();
    noted.standing(stands);
    await catchUp.run(stands.candidate, live ?? stands.live);
  };
  await follow();
  for (let round = 0; round < ROUNDS; round += 1) {
    options.signal?.throwIfAborted();
    await site.compare();
    await follow();
    let stale = false;
    const followed = async (live: Position[]): Promise<void> => {
      await follow(live);
      stale = await options.stale?.() === true;
    };
    const ended = await noted.silently(() => site.switchOver(followed, (is, comparison) =>
      stale ? onceMore(is) : judged({ ...is, ...noted.sums() }, comparison, clock.now())));
    if (ended?.state === 'running' || ended?.state === 'discarding') throw new Unwanted();
    if (ended) return ended;
  }
  throw readModelErrors.error('position-moved', 'Live consumers are always too far ahead.');
}

/** Drops the candidate that nobody wants any more. */
export function discard({ site, clock }: Pick<RebuildParts, 'site' | 'clock'>): Promise<void> {
  return site.discard((is) => discarded(is, clock.now()));
}

interface Sums { records: number; total: number }

/** Keeps how far it is, now and then, and finds out whether it is still wanted. */
function progressNote({ generations, clock }: RebuildParts) {
  let sums: Sums = { records: 0, total: 0 };
  let due = clock.now();
  let silent = false;
  return {
    sums: () => sums,
    /** In the midst of a switch nothing else is asked of the model: whoever writes it waits, and may have taken every connection. */
    async silently<Result>(work: () => Promise<Result>): Promise<Result> {
      silent = true;
      return work().finally(() => { silent = false; });
    },
    standing({ candidate, live }: { candidate: Position[]; live: Position[] }) {
      sums = { records: sum(candidate), total: Math.max(sum(candidate), sum(live)) };
    },
    async progress(records: number): Promise<void> {
      sums = { records: sums.records + records, total: Math.max(sums.total, sums.records + records) };
      if (silent || clock.now() < due) return;
      due = clock.now() + NOTED_EVERY_MS;
      const { revision, state } = await generations.kept();
      if (state.state !== 'running') throw new Unwanted();
      await generations.keep(advanced(state, sums), revision);
    },
  };
}

function sum(positions: Position[]): number {
  return positions.reduce((all, { next }) => all + next, 0);
}
