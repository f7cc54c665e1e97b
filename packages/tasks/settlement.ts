import type { Random } from '@tradewind/chassis/random.ts';
import type { RetryPolicy, Verdict } from './port.ts';
import { retryDelay } from './routing.ts';

/** What becomes of a delivery. */
export type Settlement =
  | { type: 'done' }
  /** Comes again after `delayMs`, with these counts. */
  | { type: 'again'; delayMs: number; attempt: number; retries: number; reason: string }
  | { type: 'dead'; attempts: number; reason: string };

/** How often a message has been tried. */
export interface Tries {
  /** Counted from 1, against the policy's. */
  attempt: number;
  /** All retries so far, the uncounted ones too: what delays grow by. */
  retries: number;
}

const LONGEST_REASON = 2_000;

/** A verdict as the queue's policy sees it: a retry too many is death. */
export function settlementOf(verdict: Verdict, { attempt, retries }: Tries, policy: RetryPolicy, random: Random): Settlement {
  switch (verdict.type) {
    case 'done': return { type: 'done' };
    case 'dead': return { type: 'dead', attempts: attempt, reason: storable(verdict.reason) };
    case 'retry': {
      const reason = storable(verdict.reason);
      const { uncounted = false, delayMs = retryDelay(policy, retries + 1, random) } = verdict;
      if (!uncounted && attempt >= policy.attempts) return { type: 'dead', attempts: attempt, reason };
      return { type: 'again', delayMs: Math.max(0, delayMs), attempt: uncounted ? attempt : attempt + 1, retries: retries + 1, reason };
    }
  }
}

/** The verdict for a handler that rejected. */
export function rejected(error: unknown): Verdict {
  return { type: 'retry', reason: error instanceof Error ? error.message : String(error) };
}

/** An error's text may be anything; a database takes neither NUL nor half a surrogate pair. */
function storable(reason: string): string {
  return reason.slice(0, LONGEST_REASON).replaceAll('\0', '').toWellFormed();
}
