/** What several runs of the same measurement gave. */
export interface Spread { median: number; min: number; max: number }

/** Which way a figure should go. */
export type Better = 'higher' | 'lower';

/** @param values at least one. */
export function spread(values: number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
  return { median, min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN };
}

/** How many times better ours is than the peer's, by medians: above 1 we win, whichever way the figure should go. */
export function ratio(ours: Spread, peer: Spread, better: Better): number {
  return better === 'higher' ? ours.median / peer.median : peer.median / ours.median;
}
