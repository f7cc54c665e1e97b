import type { FactName } from '@tradewind/events/facts/catalogue.ts';
import { stream } from '@tradewind/events/ids.ts';

/** The streams in which an order leaves events, in the order in which they begin. */
export const strandKinds = ['order', 'saga', 'customer', 'reservation', 'payment'] as const;
export type StrandKind = (typeof strandKinds)[number];

/** What one stream says about one order: the whole of it, except that a customer's stream speaks of many. */
export interface Strand { kind: StrandKind; orderId: string }

/** Which strand each event belongs to; `none` where it concerns no order. */
export const strandOf: Record<FactName, StrandKind | 'none'> = {
  OrderPlaced: 'order', OrderConfirmed: 'order', OrderCancelled: 'order',
  SagaStarted: 'saga', SagaStepDone: 'saga', SagaStepResent: 'saga', SagaCompensating: 'saga', SagaParked: 'saga',
  SagaResumed: 'saga', SagaEnded: 'saga',
  CreditReserved: 'customer', CreditRejected: 'customer', CreditReleased: 'customer', CreditUsed: 'customer',
  CustomerRegistered: 'none', CreditLimitChanged: 'none',
  StockReserved: 'reservation', StockRejected: 'reservation', StockReleased: 'reservation', StockSold: 'reservation',
  ProductRegistered: 'none', StockReceived: 'none', QuantityReserved: 'none', QuantityReleased: 'none', QuantitySold: 'none',
  PaymentTaken: 'payment', PaymentDeclined: 'payment', PaymentRefunded: 'payment', RefundFailed: 'payment',
};

export function strandKey({ kind, orderId }: Strand): string {
  return `${kind}-${orderId}`;
}

/** Name of the stream behind a strand. */
export function streamOf(kind: StrandKind, order: { orderId: string; customerId: string }): string {
  return stream[kind](kind === 'customer' ? order.customerId : order.orderId);
}
