import pg from 'pg';
import { asLogError } from './failure.ts';

/** A statement that the connection prepares once. */
export interface Statement { name: string; text: string }

export interface Database {
  /** Rows as arrays of columns: cheaper than objects where there are many. @throws CodedError `log-unavailable` */
  rows(statement: Statement, values?: unknown[]): Promise<unknown[][]>;
  close(): Promise<void>;
}

const CONNECT_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 15_000;

/** A transaction that has lost its client, idle or half sent, lets go of its locks soon. */
const LIMITS = '-c idle_in_transaction_session_timeout=2000 -c transaction_timeout=10000';
/** Plans are made once, when the tables may have been empty, and kept. */
const BY_INDEX = '-c enable_seqscan=off';

const settings = (synchronousCommit: 'on' | 'off'): string => `${LIMITS} ${BY_INDEX} -c synchronous_commit=${synchronousCommit}`;

/**
 * One connection, made as needed; statements go over it one after another.
 * @param durable whether a commit waits for the disk. Positions and leases need not: one that is lost
 *   with the server is handed out again, and what was read since is read once more.
 */
export function connect(url: string, { durable }: { durable: boolean }): Database {
  const pool = new pg.Pool({
    connectionString: url, max: 1, keepAlive: true, idleTimeoutMillis: 0,
    connectionTimeoutMillis: CONNECT_WITHIN_MS, query_timeout: ANSWER_WITHIN_MS, options: settings(durable ? 'on' : 'off'),
  });
  // The server cut an idle connection: the next statement makes a new one.
  pool.on('error', () => undefined);
  return {
    async rows({ name, text }, values = []) {
      try {
        return (await pool.query<unknown[]>({ name, text, values, rowMode: 'array' })).rows;
      } catch (error) {
        throw asLogError(error);
      }
    },
    close: () => pool.end(),
  };
}
