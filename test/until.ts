import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when it holds; rejects, saying what was awaited, when that takes too long. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, { withinMs = 120_000, everyMs = 100 } = {}): Promise<void> {
  for (const end = Date.now() + withinMs; !(await holds()); await sleep(everyMs))
    if (Date.now() > end) throw new Error(`${what}: not within ${withinMs / 1_000} s`);
}
