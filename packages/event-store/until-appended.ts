import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import { storeErrors } from './port.ts';

const ATTEMPTS = 20;

/**
 * Runs `work` (load, decide, append) again while its append conflicts, with jitter between.
 * @param work told on each run whether it must load afresh.
 * @returns what `work` returned, or `'already-handled'` when its inbox row was there.
 */
export async function untilAppended<T>(
  { clock, random }: { clock: Clock; random: Random },
  work: (fresh: boolean) => Promise<T>,
): Promise<T | 'already-handled'> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt > 1);
    } catch (error) {
      if (storeErrors.is(error, 'already-handled')) return 'already-handled';
      if (!storeErrors.is(error, 'stream-conflict') || attempt === ATTEMPTS) throw error;
      await clock.sleep(random.next() * Math.min(5 * attempt, 50));
    }
  }
}
