import type { FactOf } from '@tradewind/events/facts/catalogue.ts';
import type { Money } from '@tradewind/events/money.ts';

export const orderStatuses = ['placed', 'confirmed', 'cancelled'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** Where an order's saga stands. The three first are the steps it waits for; `completing` follows the payment. */
export const sagaStates = [
  'reserving-credit', 'reserving-stock', 'taking-payment', 'completing', 'compensating', 'compensation-failed', 'ended',
] as const;
export type SagaState = (typeof sagaStates)[number];

export type OrderLine = FactOf<'OrderPlaced'>['data']['lines'][number];
export type CancelReason = FactOf<'OrderCancelled'>['data']['reason'];

/** An order as its readers see it. Instants are epoch milliseconds. */
export interface OrderView {
  orderId: string;
  customerId: string;
  status: OrderStatus;
  /** Absent until the saga has taken the order up. */
  saga?: SagaState;
  lines: OrderLine[];
  total: Money;
  /** Why it was cancelled. */
  reason?: CancelReason;
  detail?: string;
  placedAt: number;
  /** When it was confirmed or cancelled. */
  settledAt?: number;
  /** Version of the order's stream that this view shows. */
  version: number;
  updatedAt: number;
}
