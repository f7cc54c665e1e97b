import { z } from 'zod';
import { fact } from '../fact.ts';
import { customerId, orderId, productId, quantity } from '../ids.ts';
import { money } from '../money.ts';

const lines = z.array(z.strictObject({ productId, quantity })).min(1).max(15);
const credit = z.strictObject({ orderId, customerId, amount: money });
const stock = z.strictObject({ orderId, lines });

/** What the order saga asks of others, each by a queue of its own (see `queueOf`). */
export const commands = {
  ReserveCredit: fact({ type: 'tradewind.credit.reserve', schema: credit, summary: 'Set credit aside.' }),
  ReleaseCredit: fact({ type: 'tradewind.credit.release', schema: credit, summary: 'Give credit back.' }),
  UseCredit: fact({ type: 'tradewind.credit.use', schema: credit, summary: 'Turn reserved into used.' }),
  ReserveStock: fact({ type: 'tradewind.stock.reserve', schema: stock, summary: 'Set all lines aside, or none.' }),
  ReleaseStock: fact({ type: 'tradewind.stock.release', schema: stock, summary: 'Give the lines back.' }),
  SellStock: fact({ type: 'tradewind.stock.sell', schema: stock, summary: 'Turn reserved into sold.' }),
  TakePayment: fact({
    type: 'tradewind.payment.take',
    schema: z.strictObject({ orderId, customerId, amount: money, paymentMethod: z.string().max(64) }),
    summary: 'Charge the order.',
  }),
  RefundPayment: fact({
    type: 'tradewind.payment.refund', schema: z.strictObject({ orderId }),
    summary: 'Give back what was taken, or bar a late charge.',
  }),
  NotifyCustomer: fact({
    type: 'tradewind.notification.send',
    schema: z.strictObject({
      orderId, customerId, kind: z.enum(['order-confirmed', 'order-cancelled']), total: money.optional(),
      reason: z.string().max(500).optional(),
    }),
    summary: 'Tell the customer; sent to the topic exchange.',
  }),
  CatalogueChanged: fact({
    type: 'tradewind.catalogue.changed', schema: z.strictObject({ productIds: z.array(productId).max(1000) }),
    summary: 'Broadcast: caches of these products are stale.',
  }),
};

export type CommandName = keyof typeof commands;
export type CommandOf<Name extends CommandName> = {
  [N in Name]: { type: N; data: z.infer<(typeof commands)[N]['schema']> };
}[Name];
