import type { Version } from '../port.ts';
import type { Prepared } from './prepare.ts';

/** Notes the version a stream was seen to have reached while this append was under way. */
export function learn(append: Prepared, heads: Version[]): void {
  for (const [place, { stream }] of append.writes.entries()) append.known.set(stream, heads[place] ?? 0);
}

/** Tells an append what one before it in the queue has learned of the streams they share. */
export function passOn(from: Prepared, to: Prepared): void {
  for (const { stream } of to.writes) {
    const version = from.known.get(stream);
    if (version !== undefined) to.known.set(stream, Math.max(version, to.known.get(stream) ?? 0));
  }
}

/**
 * Streams only grow: an append that expects less than one of them is known to have is a conflict without
 * asking the server. One that carries an answer is asked about all the same: whether its key is used comes first.
 */
export function knownConflict({ writes, known, reply }: Prepared): string | undefined {
  if (reply !== undefined) return undefined;
  const moved = writes.filter(({ stream, expected }) => expected !== null && expected < (known.get(stream) ?? 0));
  if (moved.length === 0) return undefined;
  return moved.map(({ stream, expected }) => `${stream} is past version ${expected}`).join('; ');
}
