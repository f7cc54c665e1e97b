import pg from 'pg';
import { asStoreError } from './failure.ts';

/** A statement that each connection prepares once. */
export interface Statement { name: string; text: string }

/** A few connections to one database. */
export interface Database {
  /** @throws whatever the driver throws. */
  send<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]): Promise<pg.QueryResult<Row>>;
  /** @throws CodedError of the port. */
  query<Row extends pg.QueryResultRow>(statement: Statement, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

const CONNECT_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 30_000;
/**
 * Commits are durable whatever the database's default; an append relies on READ COMMITTED. Every statement
 * goes by index: plans are made once, before there are statistics, and must not be made again for each array.
 */
const SETTINGS = {
  synchronous_commit: 'on', default_transaction_isolation: 'read\\ committed',
  plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off', enable_mergejoin: 'off', enable_hashjoin: 'off', jit: 'off',
};
const OPTIONS = Object.entries(SETTINGS).map(([name, value]) => `-c ${name}=${value}`).join(' ');

/**
 * Connects as needed; an idle connection that the server cuts is replaced by the next statement. One on which the server reports an
 * error stays, unlike with the pool's own `query`: concurrent writers of one stream make such errors all the time.
 */
export function connect(url: string, connections: number): Database {
  const pool = new pg.Pool({
    connectionString: url, max: connections, keepAlive: true, idleTimeoutMillis: 60_000,
    connectionTimeoutMillis: CONNECT_WITHIN_MS, query_timeout: ANSWER_WITHIN_MS, options: OPTIONS,
  });
  pool.on('error', ignore);
  const send = async <Row extends pg.QueryResultRow>({ name, text }: Statement, values: unknown[]) => {
    const client = await pool.connect();
    let broken = false;
    client.on('error', ignore); // the statement under way rejects
    try {
      return await client.query<Row>({ name, text, values });
    } catch (error) {
      broken = !(error instanceof pg.DatabaseError && error.severity === 'ERROR');
      throw error;
    } finally {
      client.off('error', ignore).release(broken);
    }
  };
  return {
    send,
    async query<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[] = []) {
      try {
        return (await send<Row>(statement, values)).rows;
      } catch (error) {
        throw asStoreError(error);
      }
    },
    close: () => pool.end(),
  };
}

function ignore(): void {}
