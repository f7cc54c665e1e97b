import { DBOS } from '@dbos-inc/dbos-sdk';
import type { PaymentProvider } from '@tradewind/payments/provider/port.ts';
import type pg from 'pg';

/** A workflow's argument: what was ordered, priced. */
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

type Saga = (order: NewOrder) => Promise<'confirmed' | 'cancelled'>;

/** The saga as a DBOS workflow: each step is checkpointed, a failure gives back what was held. */
export function registerSaga(pool: pg.Pool, provider: PaymentProvider): Saga {
  const ask = async (name: string, values: unknown[]) => {
    const parameters = values.map((_, index) => `$${index + 1}`).join(', ');
    const { rows } = await pool.query<{ held: boolean }>({ name, text: `select ${name}(${parameters}) as held`, values });
    return rows[0]?.held === true;
  };
  const step = <T>(name: string, work: () => Promise<T>) => DBOS.runStep(work, { name });

  return DBOS.registerWorkflow(async ({ orderId, customerId, paymentMethod, total, productIds, quantities, placedAt }: NewOrder) => {
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
    return 'confirmed' as const;
  }, { name: 'order-saga' });
}
