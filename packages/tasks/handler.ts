import { decodeCommand } from '@tradewind/events/codec.ts';
import type { CommandName, CommandOf } from '@tradewind/events/commands/catalogue.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import { CodedError, messageErrors } from '@tradewind/events/errors.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Delivery, Verdict } from './port.ts';

/** Errors that say nothing about the message: they do not count against its attempts. */
const OUTAGES = new Set(['store-unavailable', 'log-unavailable', 'tasks-unavailable', 'provider-unavailable']);

/**
 * Makes a queue's handler out of a command's: decodes, and turns errors into verdicts. A message that no
 * schema knows is dead at once; an outage of ours is retried without counting; the rest is retried.
 */
export function taskHandler<Name extends CommandName>(
  handle: (command: CommandOf<Name>, envelope: Envelope) => Promise<void>,
  logger: Logger,
): (delivery: Delivery) => Promise<Verdict> {
  return async ({ envelope, queue, attempt }) => {
    try {
      await handle(decodeCommand<Name>(envelope), envelope);
      return { type: 'done' };
    } catch (error) {
      const verdict = verdictOf(error);
      const expected = error instanceof CodedError && error.canRetry;
      logger[expected ? 'info' : 'warn']({ err: error, queue, attempt, message: envelope.id, verdict: verdict.type }, 'task not done');
      return verdict;
    }
  };
}

function verdictOf(error: unknown): Verdict {
  const reason = error instanceof Error ? error.message : String(error);
  if (!(error instanceof CodedError)) return { type: 'retry', reason };
  if (error.code in messageErrors.kinds) return { type: 'dead', reason: `${error.code}: ${reason}` };
  return { type: 'retry', reason: `${error.code}: ${reason}`, uncounted: OUTAGES.has(error.code) };
}
