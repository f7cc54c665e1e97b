import pg from 'pg';
import { asTasksError } from './failure.ts';

/** A statement that each connection prepares once. */
export interface Statement { name: string; text: string }

/** One connection's turn. */
export interface Turn {
  /** Rows as the driver makes them. */
  rows<Row extends pg.QueryResultRow>(statement: Statement, values?: unknown[]): Promise<Row[]>;
}

/** A few connections. Whatever goes wrong is the port's `tasks-unavailable`, unless no retry would change it. */
export interface Database extends Turn {
  /** All that `work` does is committed together, or not at all. */
  transaction<T>(work: (turn: Turn) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const CONNECT_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 15_000;

/** A transaction that has lost its client, idle or half sent, lets go of its locks soon. */
const LIMITS = '-c idle_in_transaction_session_timeout=2000 -c transaction_timeout=10000';
/**
 * Every statement here finds its rows by an index. Plans are made once, when the tables may have been empty,
 * and kept: another kind would be a disaster as soon as they no longer are.
 */
const BY_INDEX = ['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin'].map((kind) => `-c enable_${kind}=off`).join(' ') + ' -c jit=off';

const OPTIONS = `${LIMITS} ${BY_INDEX} -c synchronous_commit=on`;

/** @param connections at most; made as needed. One that the server cuts is replaced by the next statement. */
export function connect(url: string, connections: number): Database {
  const pool = new pg.Pool({
    connectionString: url, max: connections, keepAlive: true, idleTimeoutMillis: 0,
    connectionTimeoutMillis: CONNECT_WITHIN_MS, query_timeout: ANSWER_WITHIN_MS, options: OPTIONS,
  });
  pool.on('error', () => undefined);
  return {
    async rows<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[] = []) {
      return known(async () => (await pool.query<Row>({ ...statement, values })).rows);
    },
    transaction: (work) => known(async () => {
      const client = await pool.connect();
      client.on('error', ignore);
      let broken = true;
      try {
        await client.query('begin');
        const result = await work({ rows: async (statement, values = []) => (await client.query({ ...statement, values })).rows });
        await client.query('commit');
        broken = false;
        return result;
      } finally {
        client.off('error', ignore);
        // Without a commit the connection is closed, and the server rolls back.
        client.release(broken);
      }
    }),
    close: () => pool.end(),
  };
}

function ignore(): void {
  // The statement under way says what went wrong.
}

async function known<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asTasksError(error);
  }
}
