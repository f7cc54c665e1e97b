import type { Clock } from '@tradewind/chassis/clock.ts';
import { check } from './check.ts';
import type { LedgerSources } from './facts.ts';
import type { Verdict } from './verdict.ts';

const PAUSE_MS = 500;

/** Checks until all is settled, something is broken, or `waitMs` are over. @returns the last verdict. */
export async function checkUntilSettled(sources: LedgerSources, { clock, waitMs }: { clock: Clock; waitMs: number }): Promise<Verdict> {
  const until = clock.now() + waitMs;
  for (;;) {
    const verdict = await check(sources, { now: clock.now() });
    if (!verdict.holds || verdict.inFlight === 0 || clock.now() >= until) return verdict;
    await clock.sleep(Math.min(PAUSE_MS, until - clock.now()));
  }
}
