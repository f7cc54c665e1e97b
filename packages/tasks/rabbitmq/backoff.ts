import type { Random } from '@tradewind/chassis/random.ts';
import type { RetryPolicy } from '../port.ts';
import { retryDelay } from '../routing.ts';

export const LONGEST_BACKOFF_MS = 2_000;
const POLICY: RetryPolicy = { attempts: Infinity, delayMs: 100, factor: 2, maxDelayMs: LONGEST_BACKOFF_MS };

/** How long until the server is tried again, in ms. @param failed tries in a row, before this one failed too. */
export function backoff(failed: number, random: Random): number {
  return retryDelay(POLICY, failed + 1, random);
}
