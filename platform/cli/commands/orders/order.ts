import type { Money } from '@tradewind/events/money.ts';
import { money } from '../../figures.ts';
import { list } from '../../table.ts';

/** An order as the API shows it. */
export interface Order {
  orderId: string;
  customerId: string;
  status: 'placed' | 'confirmed' | 'cancelled';
  saga?: string;
  lines: { productId: string; quantity: number; unitPrice: Money }[];
  total: Money;
  reason?: string;
  detail?: string;
  placedAt: string;
  settledAt?: string;
  version: number;
}

/** An order for people. */
export function orderText({ orderId, customerId, status, saga, lines, total, reason, detail, placedAt, settledAt }: Order): string {
  const priced = lines.map(({ productId, quantity, unitPrice }) => `${quantity} × ${productId} at ${money(unitPrice)}`);
  return list({
    order: orderId, customer: customerId, status: because(status, reason), detail, saga, lines: priced.join(', '), total: money(total),
    placed: placedAt, settled: settledAt,
  });
}

/** `cancelled: stock-rejected` */
export function because(status: string, reason: string | undefined): string {
  return reason === undefined ? status : `${status}: ${reason}`;
}
