import pg from 'pg';
import type { Book, Entry } from '../book.ts';
import { providerErrors } from '../port.ts';
import { migrate } from './migrate.ts';

interface Row {
  key: string; order_id: string; amount: string; currency: string; payment_method: string; status: Entry['status'];
  reference: string; charges: number; refunds: number; mended: boolean; at: Date;
}

const ENTER = {
  name: 'book-enter',
  text: `insert into entries (key, order_id, amount, currency, payment_method, status, reference, charges, refunds, at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, 0, to_timestamp($9::double precision / 1000))
    on conflict (key) do nothing returning *`,
};
const REFUND = {
  name: 'book-refund',
  text: `insert into entries as entry (key, order_id, amount, currency, payment_method, status, reference, charges, refunds, at)
    values ($1, '', 0, 'XXX', '', 'closed', '', 0, 0, to_timestamp($2::double precision / 1000))
    on conflict (key) do update set
      status = case entry.status when 'taken' then 'refunded' else entry.status end,
      refunds = entry.refunds + case entry.status when 'taken' then 1 else 0 end
    returning *`,
};
const FIND = { name: 'book-find', text: 'select * from entries where key = $1' };
const MEND = { name: 'book-mend', text: 'update entries set mended = true where key = $1' };
const PAGE = { name: 'book-page', text: 'select * from entries where key > $1 order by key limit $2' };

/**
 * Opens the simulated provider's book in a database of its own, and brings its table up to date.
 * @throws whatever keeps it from migrating.
 */
export async function openPostgresBook({ url, connections = 2 }: { url: string; connections?: number }): Promise<Book> {
  await migrate(url);
  const pool = new pg.Pool({
    connectionString: url, max: connections, keepAlive: true, connectionTimeoutMillis: 5_000, query_timeout: 30_000,
    options: '-c synchronous_commit=on',
  });
  pool.on('error', () => undefined);
  return new PostgresBook(pool);
}

class PostgresBook implements Book {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async enter({ key, orderId, amount: { amount, currency }, paymentMethod, status, reference, at }: Parameters<Book['enter']>[0]) {
    const values = [key, orderId, amount, currency, paymentMethod, status, reference, status === 'taken' ? 1 : 0, at];
    const [entered] = await this.#write(ENTER, values);
    const entry = entered ?? await this.find(key);
    if (!entry) throw providerErrors.error('provider-timeout', `the entry of ${key} vanished`);
    return entry;
  }

  async refund(key: string, at: number): Promise<Entry> {
    const [entry] = await this.#write(REFUND, [key, at]);
    if (!entry) throw providerErrors.error('provider-timeout', `the entry of ${key} vanished`);
    return entry;
  }

  async find(key: string): Promise<Entry | undefined> {
    return (await this.#read(FIND, [key]))[0];
  }

  async mend(key: string): Promise<void> {
    await this.#write(MEND, [key]);
  }

  entries(after: string, limit: number): Promise<Entry[]> {
    return this.#read(PAGE, [after, limit]);
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  async #read(statement: pg.QueryConfig, values: unknown[]): Promise<Entry[]> {
    try {
      return (await this.#pool.query<Row>({ ...statement, values })).rows.map(entryOf);
    } catch (error) {
      throw providerErrors.error('provider-unavailable', undefined, { cause: error });
    }
  }

  /** A statement that failed may have been committed. */
  async #write(statement: pg.QueryConfig, values: unknown[]): Promise<Entry[]> {
    try {
      return (await this.#pool.query<Row>({ ...statement, values })).rows.map(entryOf);
    } catch (error) {
      throw providerErrors.error('provider-timeout', undefined, { cause: error });
    }
  }
}

function entryOf(row: Row): Entry {
  const { key, status, reference, charges, refunds, mended } = row;
  return {
    key, orderId: row.order_id, amount: { amount: Number(row.amount), currency: row.currency },
    paymentMethod: row.payment_method, status, reference, charges, refunds, mended, at: row.at.getTime(),
  };
}
