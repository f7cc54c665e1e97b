import pg from 'pg';
import { CodedError } from '@tradewind/events/errors.ts';
import { storeErrors } from '../port.ts';

/** SQLSTATE classes of what no retry would change: data exception, integrity violation, program limit exceeded. */
const INVALID = new Set(['22', '23', '54']);
/** Serialization failure, deadlock, another took the place: nothing was written, and looking again may help. */
const TRANSIENT = new Set(['40001', '40P01', '23505']);

/** Whether the server gave the statement up in favour of another's, and nothing of it was written. */
export function gaveWay(error: unknown): boolean {
  return error instanceof pg.DatabaseError && TRANSIENT.has(error.code ?? '');
}

/** The port's error for whatever the driver or the server threw. */
export function asStoreError(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const invalid = error instanceof pg.DatabaseError && INVALID.has((error.code ?? '').slice(0, 2));
  return storeErrors.error(invalid ? 'event-invalid' : 'store-unavailable', detail, { cause: error });
}
