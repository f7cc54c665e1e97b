import pg from 'pg';
import { CodedError } from '@tradewind/events/errors.ts';
import { tasksErrors } from '../port.ts';

/** SQLSTATE classes that point at this program, not at the server's state: data exception, integrity, syntax, limits; and our own. */
const OUR_FAULT = new Set(['22', '23', '42', '54', 'TW']);

/** Raised by our functions when a session was ended by others. */
const SESSION_OVER = 'TW001';

/** The port's error for whatever the driver or the server threw; what no retry would change is left as it is. */
export function asTasksError(error: unknown): unknown {
  if (error instanceof CodedError) return error;
  if (error instanceof pg.DatabaseError && OUR_FAULT.has((error.code ?? '').slice(0, 2))) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return tasksErrors.error('tasks-unavailable', detail, { cause: error });
}

export function isSessionOver(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === SESSION_OVER;
}
