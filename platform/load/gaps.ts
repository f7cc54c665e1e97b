/**
 * Longest time without a success that reaches into a span: between one success and the next, or until the span ends.
 * @param instants of successes, in any order. @returns ms
 */
export function longestGap(instants: readonly number[], { from, to }: { from: number; to: number }): number {
  const sorted = instants.filter((at) => at < to).sort((a, b) => a - b);
  const ends = [...sorted.slice(1), to];
  const gaps = sorted.map((at, n) => ({ gap: (ends[n] ?? to) - at, end: ends[n] ?? to }));
  return Math.max(0, ...gaps.filter(({ end }) => end > from).map(({ gap }) => gap));
}
