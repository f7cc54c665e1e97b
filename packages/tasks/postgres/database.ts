import { CodedError } from '@tradewind/events/errors.ts';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { tasksErrors } from '../port.ts';

const ANSWER_WITHIN_MS = 15_000;
const LIMITS = '-c idle_in_transaction_session_timeout=2000 -c transaction_timeout=10000';

/** A statement that the connection prepares once. */
export interface Statement { name: string; text: string }

export interface Database {
  /** @throws CodedError `tasks-unavailable` */
  query<Row extends pg.QueryResultRow>(statement: Statement, values?: unknown[]): Promise<{ rows: Row[]; count: number }>;
  /** All statements or none. */
  transaction(statements: [Statement, unknown[]][]): Promise<void>;
  close(): Promise<void>;
}

/** @param connections at most; made as needed. */
export function connect(url: string, connections: number): Database {
  const pool = new pg.Pool({
    connectionString: url, max: connections, keepAlive: true, idleTimeoutMillis: 0, connectionTimeoutMillis: 5_000,
    query_timeout: ANSWER_WITHIN_MS, options: LIMITS,
  });
  pool.on('error', () => undefined); // the server cut an idle connection: the next statement makes a new one
  return {
    async query<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[] = []) {
      try {
        const { rows, rowCount } = await pool.query<Row>({ ...statement, values });
        return { rows, count: rowCount ?? 0 };
      } catch (error) {
        throw asTasksError(error);
      }
    },
    async transaction(statements) {
      try {
        const client = await pool.connect();
        client.on('error', () => undefined);
        let broken = true;
        try {
          await client.query('begin');
          for (const [statement, values] of statements) await client.query({ ...statement, values });
          await client.query('commit');
          broken = false;
        } finally {
          client.release(broken);
        }
      } catch (error) {
        throw asTasksError(error);
      }
    },
    close: () => pool.end(),
  };
}

/** SQLSTATE classes that point at this program, not at the server's state. */
const OUR_FAULT = new Set(['22', '23', '42', '54']);

function asTasksError(error: unknown): unknown {
  if (error instanceof CodedError) return error;
  if (error instanceof pg.DatabaseError && OUR_FAULT.has((error.code ?? '').slice(0, 2))) return error;
  return tasksErrors.error('tasks-unavailable', error instanceof Error ? error.message : String(error), { cause: error });
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Brings the tables up to date; processes that start at once wait for each other. */
export async function migrate(url: string): Promise<void> {
  try {
    await runner({
      databaseUrl: url, dir: fileURLToPath(new URL('./migrations', import.meta.url)), migrationsTable: 'tasks_migrations',
      direction: 'up', advisoryLockMode: 'wait', logger: silent,
    });
  } catch (error) {
    throw asTasksError(error);
  }
}
