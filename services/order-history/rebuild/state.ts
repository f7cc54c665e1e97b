import type { Comparison } from '../read-model/comparison.ts';
import { readModelErrors } from '../read-model/errors.ts';

/** Where the candidate comes from: the one that is there, or an empty one; always an empty one; the one that was read before. */
export const origins = ['candidate', 'scratch', 'retired'] as const;
export type Origin = (typeof origins)[number];

export const rebuildStates = ['never', 'running', 'differs', 'failed', 'done', 'discarding', 'discarded'] as const;

/**
 * What is known of the last rebuild, kept beside the read model, so that every process can say it and go on with it.
 * Instants are epoch milliseconds. A `running` or `discarding` one is somebody's work; all others wait for nobody.
 */
export interface RebuildState {
  state: (typeof rebuildStates)[number];
  /** Where the candidate is still to be taken from. */
  from: Origin;
  /** The caller wants the switch whatever the comparison says. */
  acceptDifferences: boolean;
  /**
   * Records that had left the parking lot, by being handled after all, when the candidate was begun: any that leaves later is
   * in the live generation and not in the candidate.
   */
  departed?: number;
  /** Records of the log that the candidate stands on, of `total` that the live generation stood on. */
  records: number;
  total: number;
  startedAt?: number;
  endedAt?: number;
  /** Why it failed or was refused; of a running one, what it waits out. */
  error?: { code: string; detail: string };
  /** Live and candidate at the same positions, when they were last compared. */
  comparison?: Comparison;
}

export const never: RebuildState = { state: 'never', from: 'candidate', acceptDifferences: false, records: 0, total: 0 };

/** What somebody asks for. */
export interface Wish { from?: Origin; acceptDifferences?: boolean }

/** Which generations there are, beside the live one. */
export interface There { candidate: boolean; retired: boolean }

/**
 * The state once `wish` is taken up. To ask again for what is under way changes nothing.
 * @throws CodedError `rebuild-running` · `rebuild-waits` · `nothing-retired`
 */
export function begun(is: RebuildState, { from = 'candidate', acceptDifferences = false }: Wish, there: There, now: number): RebuildState {
  if (is.state === 'discarding') throw readModelErrors.error('rebuild-running', 'The last one is being discarded.');
  if (is.state === 'running') return joined(is, { from, acceptDifferences });
  if (from === 'retired' && there.candidate) throw readModelErrors.error('rebuild-waits');
  if (from === 'retired' && !there.retired) throw readModelErrors.error('nothing-retired');
  return { ...never, ...(from === 'candidate' && departures(is)), state: 'running', from, acceptDifferences, startedAt: now };
}

function joined(is: RebuildState, { from, acceptDifferences }: Required<Wish>): RebuildState {
  if (from !== 'candidate') throw readModelErrors.error('rebuild-running');
  return acceptDifferences ? { ...is, acceptDifferences } : is;
}

/** How far it is by now; whatever it waited out is over. */
export function advanced(is: RebuildState, { records, total }: { records: number; total: number }): RebuildState {
  const { state, from, acceptDifferences, startedAt } = is;
  return { state, from, acceptDifferences, records, total, ...(startedAt !== undefined && { startedAt }), ...departures(is) };
}

function departures({ departed }: RebuildState): Pick<RebuildState, 'departed'> {
  return departed === undefined ? {} : { departed };
}

/**
 * The state once the lot is known to have been left by `departed` records: a candidate that was begun before the last of
 * them is begun anew.
 */
export function since(is: RebuildState, departed: number): RebuildState {
  if (is.departed === departed) return is;
  return { ...is, departed, from: is.departed === undefined ? is.from : 'scratch' };
}

/** The state of one that has to be built once more. Who is told meanwhile to discard does not. */
export function onceMore(is: RebuildState): RebuildState {
  return is.state === 'running' ? { ...is, from: 'scratch' } : is;
}

/** The state once the candidate is no longer wanted. */
export function unwanted(is: RebuildState, { candidate }: There): RebuildState {
  return is.state === 'running' || candidate ? { ...is, state: 'discarding' } : is;
}

/** The candidate is gone. */
export function discarded({ startedAt }: RebuildState, now: number): RebuildState {
  return { ...never, state: 'discarded', ...(startedAt !== undefined && { startedAt }), endedAt: now };
}

/** What the comparison makes of it: `done` asks for the switch. Who is told meanwhile to discard does not switch. */
export function judged(is: RebuildState, comparison: Comparison, now: number): RebuildState {
  if (is.state !== 'running') return is;
  const ended = { ...advanced(is, is), comparison, endedAt: now };
  if (comparison.equal || is.acceptDifferences) return { ...ended, state: 'done' };
  const { code, message: detail } = readModelErrors.error('rebuild-differs', `${comparison.differing} orders differ`);
  return { ...ended, state: 'differs', error: { code, detail } };
}

/** What an error makes of it. What may pass is waited out; anything else ends it, and the candidate stays. */
export function stumbled(is: RebuildState, error: { code: string; detail: string; canRetry: boolean }, now: number): RebuildState {
  const { code, detail, canRetry } = error;
  if (is.state !== 'running') return is;
  return canRetry ? { ...is, error: { code, detail } } : { ...is, state: 'failed', error: { code, detail }, endedAt: now };
}
