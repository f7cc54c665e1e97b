import { topics } from '@tradewind/events/topology.ts';
import type { BookEntry, BookSource, NotificationRow, NotificationsSource, OrderHistoryRow, OrderHistorySource, ParkedOrder, ParkedSource } from '../facts.ts';
import { snapshot } from './snapshot.ts';

const BOOK = `
  select order_id, amount::float8 as amount, currency, charges, refunds, floor(extract(epoch from at) * 1000)::float8 as at
  from entries where charges > 0 order by key`;
const POSITIONS = `select partition, next::float8 as next from live.positions where topic = '${topics.orders}'`;
const ORDERS = `
  select order_id, status, version, amount::float8 as amount, currency, placed_at::float8 as placed_at
  from live.orders where status is not null order by order_id`;

/** The simulated provider's own book. */
export function postgresBook(url: string): BookSource {
  return {
    entries: () => snapshot(url, async function* (from): AsyncIterable<BookEntry> {
      for await (const row of from.rows<{ order_id: string; amount: number; currency: string } & Omit<BookEntry, 'orderId' | 'amount'>>(BOOK)) {
        const { order_id: orderId, amount, currency, charges, refunds, at } = row;
        yield { orderId, amount: { amount, currency }, charges, refunds, at };
      }
    }),
  };
}

interface OrderRow {
  order_id: string; status: OrderHistoryRow['status']; version: number; amount: number; currency: string; placed_at: number;
}

/** The read model's tables; a rebuild puts others in their place at one instant. */
export function postgresOrderHistory(url: string): OrderHistorySource {
  return {
    async positions() {
      const positions: { partition: number; next: number }[] = [];
      for await (const position of snapshot(url, (from) => from.rows<{ partition: number; next: number }>(POSITIONS))) positions.push(position);
      return positions;
    },
    rows: () => snapshot(url, async function* (from): AsyncIterable<OrderHistoryRow> {
      for await (const { order_id: orderId, status, version, amount, currency, placed_at: placedAt } of from.rows<OrderRow>(ORDERS))
        yield { orderId, status, version, total: { amount, currency }, placedAt };
    }),
  };
}

const NOTIFICATIONS = 'select order_id as "orderId", kind, at::float8 as at from notifications order by order_id, kind';

export function postgresNotifications(url: string): NotificationsSource {
  return { rows: () => snapshot(url, (from) => from.rows<NotificationRow & Record<string, unknown>>(NOTIFICATIONS)) };
}

const PARKED = `
  select group_name as "group", key as "orderId", count(*)::float8 as records from parking.records where state = 'parked' group by 1, 2 order by 1, 2`;

/** The parking lots of consumer groups, each in the database of its service. */
export function postgresParked(urls: string[]): ParkedSource {
  return {
    async* orders(): AsyncIterable<ParkedOrder> {
      for (const url of urls) yield* snapshot(url, (from) => from.rows<ParkedOrder & Record<string, unknown>>(PARKED));
    },
  };
}
