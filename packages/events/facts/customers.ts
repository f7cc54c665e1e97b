import { z } from 'zod';
import { fact } from '../fact.ts';
import { customerId, orderId } from '../ids.ts';
import { money } from '../money.ts';

const forOrder = z.strictObject({ customerId, orderId, amount: money });

export const customerFacts = {
  CustomerRegistered: fact({
    type: 'tradewind.customer.registered',
    schema: z.strictObject({ customerId, name: z.string().min(1).max(200), creditLimit: money }),
    summary: 'A customer exists, with a credit limit.',
  }),
  CreditLimitChanged: fact({
    type: 'tradewind.customer.credit-limit-changed', schema: z.strictObject({ customerId, creditLimit: money }),
    summary: 'The limit is now this; it is never below what is reserved and used.',
  }),
  CreditReserved: fact({
    type: 'tradewind.credit.reserved', schema: forOrder, summary: 'Credit is set aside for an order.',
  }),
  CreditRejected: fact({
    type: 'tradewind.credit.rejected',
    schema: z.strictObject({
      customerId, orderId, amount: money,
      reason: z.enum(['customer-unknown', 'credit-insufficient', 'currency-mismatch', 'released-before-reserved']),
    }),
    summary: 'Credit was not set aside, and why.',
  }),
  CreditReleased: fact({
    type: 'tradewind.credit.released', schema: forOrder,
    summary: 'Reserved credit is available again; amount 0 marks a release that came before its reservation.',
  }),
  CreditUsed: fact({
    type: 'tradewind.credit.used', schema: forOrder, summary: 'Reserved credit was turned into used credit.',
  }),
};
