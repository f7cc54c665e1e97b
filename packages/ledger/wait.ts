import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Verdict } from './verdict.ts';

const PAUSE_MS = 500;

/** Asks for a verdict until all is settled, something is broken, or `waitMs` are over. @returns the last one. */
export async function untilSettled(judge: () => Promise<Verdict>, { clock, waitMs }: { clock: Clock; waitMs: number }): Promise<Verdict> {
  const until = clock.now() + waitMs;
  for (;;) {
    const verdict = await judge();
    const left = until - clock.now();
    if (!verdict.holds || verdict.inFlight === 0 || left <= 0) return verdict;
    await clock.sleep(Math.min(PAUSE_MS, left));
  }
}
