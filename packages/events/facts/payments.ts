import { z } from 'zod';
import { fact } from '../fact.ts';
import { orderId } from '../ids.ts';
import { money } from '../money.ts';

export const paymentFacts = {
  PaymentTaken: fact({
    type: 'tradewind.payment.taken',
    schema: z.strictObject({ orderId, amount: money, providerReference: z.string().max(100) }),
    summary: 'The provider took the money; its reference is beside it.',
  }),
  PaymentDeclined: fact({
    type: 'tradewind.payment.declined',
    schema: z.strictObject({ orderId, amount: money, reason: z.enum(['card-declined', 'refunded-before-taken']) }),
    summary: 'The money was not taken, and why.',
  }),
  PaymentRefunded: fact({
    type: 'tradewind.payment.refunded',
    schema: z.strictObject({ orderId, amount: money, providerReference: z.string().max(100).optional() }),
    summary: 'The money went back; amount 0 marks a refund that found nothing taken, and bars a late charge.',
  }),
  RefundFailed: fact({
    type: 'tradewind.payment.refund-failed', schema: z.strictObject({ orderId, detail: z.string().max(500) }),
    summary: 'The provider refused the refund for good: the saga parks.',
  }),
};
