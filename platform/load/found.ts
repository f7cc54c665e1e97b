import { postgresBook } from '@tradewind/ledger/postgres/read-models.ts';
import { postgresStore } from '@tradewind/ledger/postgres/store.ts';
import type { Found } from './attempts.ts';

const PLACED = /^tradewind\.order\.placed\./;

/** Reads from the stores themselves what became of the orders whose ids begin so. @param databases URLs by name. */
export async function findOrders(databases: Record<string, string>, run: string): Promise<Found> {
  const placed = new Map<string, number>();
  const charged = new Map<string, number>();
  const count = (times: Map<string, number>, orderId: string, by: number) => {
    if (orderId.startsWith(`${run}-`)) times.set(orderId, (times.get(orderId) ?? 0) + by);
  };
  for await (const row of postgresStore(databases.orders ?? '').read())
    if (row.type === 'event' && PLACED.test(row.event.type)) count(placed, String((row.event.data as { orderId?: unknown }).orderId), 1);
  for await (const { orderId, charges } of postgresBook(databases.provider ?? '').entries()) count(charged, orderId, charges);
  return { placed, charged };
}
