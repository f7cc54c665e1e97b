const FIRST_MS = 250;
const LONGEST_MS = 10_000;
/** Whoever lived this long had a good start. */
const HEALTHY_MS = 30_000;

/** How long a process that died waits before it is started again. @param deaths in a row, this one included. */
export function backoffMs(deaths: number): number {
  return Math.min(FIRST_MS * 2 ** (deaths - 1), LONGEST_MS);
}

/** Deaths in a row, after one more. */
export function deathsInARow(before: number, livedMs: number): number {
  return livedMs >= HEALTHY_MS ? 1 : before + 1;
}
