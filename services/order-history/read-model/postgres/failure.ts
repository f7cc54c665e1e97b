import { storeErrors } from '@tradewind/event-store/port.ts';
import pg from 'pg';

/** Classes of SQLSTATE that speak of the server or the connection, not of the statement. */
const OUTAGES = new Set(['08', '53', '57', '58']);

/** `store-unavailable` where the server does not answer; what it answers otherwise is a fault of ours, and stays as it is. */
export function told(error: unknown): unknown {
  if (error instanceof pg.DatabaseError && error.severity !== 'FATAL' && !OUTAGES.has((error.code ?? '').slice(0, 2))) return error;
  return storeErrors.error('store-unavailable', error instanceof Error ? error.message : String(error), { cause: error });
}
