import type { Cursor, OrderFilter } from '../port.ts';
import { ORDER_COLUMNS } from './rows.ts';

/** One page of orders and the row after it, newest first, each filter beginning an index that ends in that order. */
export function listSql({ customerId, status, placedAfter, placedBefore }: OrderFilter, cursor: Cursor | undefined, limit: number) {
  const values: unknown[] = [];
  const add = (value: unknown) => `$${values.push(value)}`;
  const conditions = ['placed_at is not null'];
  if (customerId !== undefined) conditions.push(`customer_id = ${add(customerId)}`);
  if (status !== undefined) conditions.push(`status = ${add(status)}`);
  if (placedAfter !== undefined) conditions.push(`placed_at > ${add(placedAfter)}`);
  if (placedBefore !== undefined) conditions.push(`placed_at < ${add(placedBefore)}`);
  if (cursor) conditions.push(`(placed_at, order_id) < (${add(cursor.placedAt)}, ${add(cursor.orderId)})`);
  const text = `select ${ORDER_COLUMNS} from live.orders where ${conditions.join(' and ')}
    order by placed_at desc, order_id desc limit ${add(limit + 1)}`;
  return { text, values };
}
