import type { Money } from '@tradewind/events/money.ts';
import { orderStatuses, sagaStates, type CancelReason, type OrderLine, type OrderStatus, type OrderView, type SagaState } from '../../domain/order-view.ts';
import type { Counts } from '../projection.ts';

/** What a view is made of; only orders whose placing is known have all of it. */
export const ORDER_COLUMNS = 'order_id, customer_id, status, reason, detail, lines, amount, currency, placed_at, settled_at, version, saga, updated_at';

export interface OrderRow {
  order_id: string;
  customer_id: string;
  status: OrderStatus;
  reason: CancelReason | null;
  detail: string | null;
  lines: OrderLine[];
  amount: Money['amount'];
  currency: Money['currency'];
  placed_at: number;
  settled_at: number | null;
  version: number;
  saga: SagaState | null;
  updated_at: number;
}

export function view(row: OrderRow): OrderView {
  return {
    orderId: row.order_id, customerId: row.customer_id, status: row.status, ...(row.saga && { saga: row.saga }),
    lines: row.lines, total: { amount: row.amount, currency: row.currency },
    ...(row.reason && { reason: row.reason }), ...(row.detail && { detail: row.detail }),
    placedAt: row.placed_at, ...(row.settled_at !== null && { settledAt: row.settled_at }),
    version: row.version, updatedAt: row.updated_at,
  };
}

export function counts(rows: { name: string; count: number }[]): Counts {
  const tally = new Map(rows.map(({ name, count }) => [name, count]));
  const of = <Name extends string>(names: readonly Name[], prefix: string) =>
    Object.fromEntries(names.map((name) => [name, tally.get(`${prefix}:${name}`) ?? 0])) as Record<Name, number>;
  return { orders: of(orderStatuses, 'order'), sagas: of(sagaStates, 'saga') };
}
