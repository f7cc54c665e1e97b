import { z } from 'zod';
import { fact } from '../fact.ts';
import { customerId, orderId, productId, quantity } from '../ids.ts';
import { LARGEST_AMOUNT, money } from '../money.ts';

const line = z.strictObject({ productId, quantity, unitPrice: money });
const placedV1 = z.strictObject({
  orderId, customerId, paymentMethod: z.string().max(64), currency: z.string().regex(/^[A-Z]{3}$/),
  lines: z.array(z.strictObject({ productId, quantity, unitPrice: z.int().min(0) })).min(1).max(15),
}).refine(({ lines }) => sum(lines) <= LARGEST_AMOUNT, 'the total is beyond the largest amount');

function sum(lines: { quantity: number; unitPrice: number }[]): number {
  return lines.reduce((total, each) => total + each.quantity * each.unitPrice, 0);
}

/** Version 1 had bare amounts and one currency; version 2 carries money, and the total it was placed at. */
function toV2(old: z.infer<typeof placedV1>): z.infer<typeof placedV2> {
  const { currency, lines, ...rest } = old;
  return {
    ...rest,
    lines: lines.map((each) => ({ ...each, unitPrice: { amount: each.unitPrice, currency } })),
    total: { amount: sum(lines), currency },
  };
}

const placedV2 = z.strictObject({
  orderId, customerId, paymentMethod: z.string().max(64), lines: z.array(line).min(1).max(15), total: money,
});

export const cancelReason = z.enum([
  'requested-by-customer', 'credit-rejected', 'stock-rejected', 'payment-declined', 'step-timed-out',
]);

export const orderFacts = {
  OrderPlaced: fact({
    type: 'tradewind.order.placed', versions: [placedV1, placedV2], upcasters: [toV2], schema: placedV2,
    summary: 'A customer placed an order; the saga starts here.',
  }),
  OrderConfirmed: fact({
    type: 'tradewind.order.confirmed', schema: z.strictObject({ orderId, customerId, total: money }),
    summary: 'Credit, stock and payment are all secured.',
  }),
  OrderCancelled: fact({
    type: 'tradewind.order.cancelled',
    schema: z.strictObject({ orderId, customerId, reason: cancelReason, detail: z.string().max(500).optional() }),
    summary: 'The order will not be fulfilled; whatever was reserved or paid is given back.',
  }),
};
