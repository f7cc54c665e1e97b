import { CodedError } from '@tradewind/events/errors.ts';
import pg from 'pg';
import { parkingErrors } from '../port.ts';

/** Classes of SQLSTATE that speak of the server or the connection, not of the statement. */
const OUTAGES = new Set(['08', '53', '57', '58']);

/** `parking-unavailable` where the server does not answer; what it answers otherwise stays as it is. */
export function asParkingError(error: unknown): unknown {
  if (error instanceof CodedError) return error;
  if (error instanceof pg.DatabaseError && error.severity !== 'FATAL' && !OUTAGES.has((error.code ?? '').slice(0, 2))) return error;
  return parkingErrors.error('parking-unavailable', error instanceof Error ? error.message : String(error), { cause: error });
}
