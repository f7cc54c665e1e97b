import type { PaymentProvider } from '@tradewind/payments/provider/port.ts';
import type { Tables } from './table-store.ts';

/** What was ordered, priced. */
export interface NewOrder {
  orderId: string;
  customerId: string;
  paymentMethod: string;
  total: number;
  productIds: string[];
  quantities: number[];
  /** Epoch ms. */
  placedAt: number;
}

export type Outcome = 'confirmed' | 'cancelled';

/** A step that the engine checkpoints: once its result is kept, it is not run again. */
export type Step = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** The saga on the shop's tables, the same under every engine: a failure gives back what was held. */
export async function settleOrder(order: NewOrder, step: Step, { ask, provider }: { ask: Tables['ask']; provider: PaymentProvider }): Promise<Outcome> {
  const { orderId, customerId, paymentMethod, total, productIds, quantities, placedAt } = order;
  const cancelled = async (reason: string) => {
    await step('cancel', () => ask('cancel', [orderId, reason]));
    return 'cancelled' as const;
  };
  const credit = await step('reserve-credit', () =>
    ask('reserve_credit', [orderId, customerId, total, productIds, quantities, new Date(placedAt)]));
  if (!credit) return cancelled('credit-rejected');
  const stock = await step('reserve-stock', () => ask('reserve_stock', [orderId]));
  if (!stock) return cancelled('stock-rejected');
  const payment = await step('take-payment', () =>
    provider.charge({ key: `payment-${orderId}`, orderId, amount: { amount: total, currency: 'EUR' }, paymentMethod }));
  if (payment.status !== 'taken') return cancelled('payment-declined');
  await step('confirm', () => ask('confirm', [orderId]));
  return 'confirmed';
}
