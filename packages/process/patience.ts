import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import { CodedError } from '@tradewind/events/errors.ts';
import { processErrors } from './errors.ts';

/** How long a start waits for servers that do not answer. */
export interface Patience {
  clock: Clock;
  logger: Logger;
  /** Epoch ms at which it ends. */
  until: number;
  /** Ends it at once. */
  signal: AbortSignal;
}

/** Patience from now on, which SIGTERM or SIGINT ends. */
export function untilTold(withinMs: number, { clock, logger }: Pick<Patience, 'clock' | 'logger'>): Patience {
  const told = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => told.abort());
  return { clock, logger, until: clock.now() + withinMs, signal: told.signal };
}

const FIRST_MS = 100;
const LONGEST_MS = 2_000;

/**
 * Opens something on a server, again and again while the server does not answer.
 * @param what is opened, for the message.
 * @throws CodedError `server-unreachable` when patience ends; any error that no retry would change.
 */
export async function patiently<T>(what: string, open: () => Promise<T>, { clock, logger, until, signal }: Patience): Promise<T> {
  for (let delay = FIRST_MS; ; delay = Math.min(delay * 2, LONGEST_MS)) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof CodedError && error.canRetry)) throw error;
      if (signal.aborted || clock.now() + delay > until) throw processErrors.error('server-unreachable', `${what} does not answer: ${error.message}`, { cause: error });
      logger.warn({ what, reason: error.message }, 'waiting');
      await clock.sleep(delay, signal);
    }
  }
}
