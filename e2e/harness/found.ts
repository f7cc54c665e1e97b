import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Announcement } from '@tradewind/embedded/folder.ts';
import { postgresBook } from '@tradewind/ledger/postgres/read-models.ts';
import { postgresStore } from '@tradewind/ledger/postgres/store.ts';
import type { Found } from '@tradewind/load/attempts.ts';

const PLACED = /^tradewind\.order\.placed\./;

/** Reads from the stores themselves what became of the orders whose ids begin so. @param folder of a running platform. */
export async function findOrders(folder: string, run: string): Promise<Found> {
  const { databases } = JSON.parse(readFileSync(path.join(folder, 'platform.json'), 'utf8')) as Announcement;
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
