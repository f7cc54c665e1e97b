import pg from 'pg';
import { ledgerErrors } from '../errors.ts';

const FETCH = 2_000;
const CONNECT_WITHIN_MS = 5_000;

/** One database as of one instant. */
export interface Snapshot {
  /** Rows of a query, fetched in pieces. */
  rows<Row extends pg.QueryResultRow>(query: string): AsyncIterable<Row>;
}

/**
 * Reads a database as of one instant, on a connection of its own that can write nothing and is closed at the end.
 * @throws CodedError `source-unavailable` (canRetry)
 */
export async function* snapshot<T>(url: string, read: (from: Snapshot) => AsyncIterable<T>): AsyncIterable<T> {
  const client = new pg.Client({
    connectionString: url, connectionTimeoutMillis: CONNECT_WITHIN_MS, keepAlive: true, application_name: 'tradewind ledger',
    options: '-c default_transaction_read_only=on -c idle_in_transaction_session_timeout=0',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('begin isolation level repeatable read read only');
    yield* read({ rows: (query) => rowsOf(client, query) });
  } catch (cause) {
    if (!isOfServer(cause)) throw cause;
    throw ledgerErrors.error('source-unavailable', `${new URL(url).pathname.slice(1)}: ${(cause as Error).message || 'no connection'}`, { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function* rowsOf<Row extends pg.QueryResultRow>(client: pg.Client, query: string): AsyncIterable<Row> {
  await client.query(`declare reading no scroll cursor for ${query}`);
  for (;;) {
    const { rows } = await client.query<Row>(`fetch ${FETCH} from reading`);
    yield* rows;
    if (rows.length < FETCH) break;
  }
  await client.query('close reading');
}

/** Whatever the driver throws has a code, but for a connection that was lost or came too late. */
function isOfServer(error: unknown): boolean {
  const { code, message = '' } = error as { code?: unknown; message?: string };
  return code !== undefined || /connection|terminat|timeout/i.test(message);
}
