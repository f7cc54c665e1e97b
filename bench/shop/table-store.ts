import pg from 'pg';
import type { Store } from './http.ts';
import { imbalances, tables } from './tables.ts';

interface Listed { order_id: string; status: string; reason: string | null; placed_at: Date; settled_at: Date | null }

/** The shop's tables, opened. */
export interface Tables {
  store: Store;
  /** Calls one of their functions. */
  ask(name: string, values: unknown[]): Promise<boolean>;
  /** What does not balance. */
  imbalances(): Promise<string[]>;
  close(): Promise<void>;
}

/** Makes the tables in an empty database. */
export async function openTables({ url, connections }: { url: string; connections: number }): Promise<Tables> {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  pool.on('error', () => undefined); // an idle connection that the server ends as it stops
  await pool.query(tables);
  return {
    store: storeOn(pool),
    async ask(name, values) {
      const parameters = values.map((_, index) => `$${index + 1}`).join(', ');
      const { rows } = await pool.query<{ held: boolean }>({ name, text: `select ${name}(${parameters}) as held`, values });
      return rows[0]?.held === true;
    },
    imbalances: async () => (await pool.query<{ breach: string }>(imbalances)).rows.map((each) => each.breach),
    close: () => pool.end(),
  };
}

function storeOn(pool: pg.Pool): Store {
  return {
    async addProduct(productId, price) {
      await pool.query('insert into products (product_id, price) values ($1, $2) on conflict do nothing', [productId, price]);
    },
    async receive({ key, productId, quantity }) {
      await pool.query(
        `with new as (insert into deliveries values ($1, $2, $3) on conflict do nothing returning product_id, quantity)
         update products p set received = received + quantity from new where p.product_id = new.product_id`,
        [key, productId, quantity]);
    },
    async addCustomer(customerId, limit) {
      await pool.query('insert into customers (customer_id, credit_limit) values ($1, $2) on conflict do nothing', [customerId, limit]);
    },
    async ordersSince(time) {
      const { rows } = await pool.query<Listed>('select * from orders where placed_at > $1', [new Date(time)]);
      return rows.map((row) => ({
        orderId: row.order_id, status: row.status, placedAt: row.placed_at.getTime(),
        ...(row.reason && { reason: row.reason }), ...(row.settled_at && { settledAt: row.settled_at.getTime() }),
      }));
    },
  };
}
