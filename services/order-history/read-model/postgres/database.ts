import pg from 'pg';
import { told } from './failure.ts';

const INT8 = 20;
const CONNECT_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 30_000;
/** Indexes and digests of a large generation take their time; a server that is gone is noticed by keep-alive. */
const SESSION_ANSWER_WITHIN_MS = 900_000;

/** A statement that each connection prepares once: for those whose plan does not depend on what the tables hold. */
export interface Prepared { name: string; text: string }

/** A few connections to one database. */
export interface Database {
  /** @throws CodedError `store-unavailable` when the server does not answer; what it answers otherwise is thrown as it is. */
  query<Row extends pg.QueryResultRow>(statement: string | Prepared, values?: unknown[]): Promise<Row[]>;
  /** A connection of its own: what it locks, it holds until `close`. */
  session(): Promise<Session>;
  close(): Promise<void>;
}

export type Session = Pick<Database, 'query' | 'close'>;

/**
 * Connects as needed; an idle connection that the server cuts is replaced by the next statement.
 * Commits do not wait for the disk: rows and position are lost together or not at all, and the log has
 * what was lost. Prepared plans are made when tables may be empty, and kept: they must go by index all the same. What has no
 * index then seems dear enough to be compiled (`jit`), each time: that took a quarter of a core for five orders a second.
 */
export function connect(url: string, connections: number): Database {
  const config: pg.ClientConfig = {
    connectionString: url, keepAlive: true, connectionTimeoutMillis: CONNECT_WITHIN_MS, query_timeout: ANSWER_WITHIN_MS,
    options: '-c synchronous_commit=off -c enable_seqscan=off -c jit=off', types: { getTypeParser },
  };
  const pool = new pg.Pool({ ...config, max: connections, idleTimeoutMillis: 60_000 });
  pool.on('error', () => undefined);
  const queryOn = (client: pg.Pool | pg.Client): Database['query'] => async <Row extends pg.QueryResultRow>(statement: string | Prepared, values: unknown[] = []) => {
    try {
      return (await client.query<Row>(typeof statement === 'string' ? { text: statement, values } : { ...statement, values })).rows;
    } catch (error) {
      throw told(error);
    }
  };
  return {
    query: queryOn(pool),
    async session() {
      const client = new pg.Client({ ...config, query_timeout: SESSION_ANSWER_WITHIN_MS });
      client.on('error', () => undefined);
      await client.connect().catch((error: unknown) => { throw told(error); });
      return { query: queryOn(client), close: () => client.end() };
    },
    close: () => pool.end(),
  };
}

/** Integers of 64 bits are versions, offsets and instants here: a number holds them exactly. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  return oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text');
}
