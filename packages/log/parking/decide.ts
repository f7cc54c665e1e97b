import { CodedError } from '@tradewind/events/errors.ts';
import type { LogRecord } from '../port.ts';
import type { Place } from './port.ts';

/** How often a record is tried before it is parked. The delay between doubles. */
export interface Policy { attempts: number; firstDelayMs: number }

/** What a failed try of a record leads to. `give-back`: nothing is wrong with the record, its whole batch comes again. */
export type Verdict = { type: 'give-back' } | { type: 'again'; afterMs: number } | { type: 'park'; code: string; reason: string };

const LONGEST_REASON = 2_000;

/**
 * An outage says nothing about the record; an error that no retry changes parks it at once; any other may pass.
 * @param attempt tries so far, counted from 1.
 */
export function verdictOn(error: unknown, attempt: number, { attempts, firstDelayMs }: Policy): Verdict {
  if (isOutage(error)) return { type: 'give-back' };
  if (error instanceof CodedError || attempt >= attempts) return { type: 'park', code: codeOf(error), reason: reasonOf(error) };
  return { type: 'again', afterMs: firstDelayMs * 2 ** (attempt - 1) };
}

export function isOutage(error: unknown): boolean {
  return error instanceof CodedError && error.canRetry;
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'handler-failed';
}

/** Message and stack, as a database takes them. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  return text.replaceAll('\0', '\uFFFD').slice(0, LONGEST_REASON);
}

/** What may be done with a record: it is dropped, waits behind another of its key, or is to be handled. */
export type Way = 'skip' | 'behind' | 'handle';

/** What is known of a group's lot. */
export interface Known { parked(key: string): boolean; dropped(place: Place): boolean }

export function wayOf(record: LogRecord, key: string, known: Known): Way {
  if (known.dropped(record)) return 'skip';
  return known.parked(key) ? 'behind' : 'handle';
}
