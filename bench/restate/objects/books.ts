import type { RestateServer } from '../server.ts';
import type { Credit } from './customers.ts';
import type { Stock } from './products.ts';
import type { Order } from './saga.ts';

/** All that the objects and workflows keep, by id. */
export interface Books { customers: Map<string, Credit>; products: Map<string, Stock>; orders: Map<string, Order> }

export async function readBooks(server: RestateServer): Promise<Books> {
  const [customers, products, orders] = await Promise.all([
    stateOf<Credit>(server, 'customers'), stateOf<Stock>(server, 'products'), stateOf<Order>(server, 'orders'),
  ]);
  return { customers, products, orders };
}

/** Each of them has one value. */
async function stateOf<Value>({ query }: RestateServer, service: string): Promise<Map<string, Value>> {
  const rows = await query<{ id: string; value: string }>(
    `select service_key as id, value_utf8 as value from state where service_name = '${service}'`);
  return new Map(rows.map((row) => [row.id, JSON.parse(row.value) as Value]));
}
