import pg from 'pg';

/** SQLSTATE of what the server threw, if it was the server. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}
