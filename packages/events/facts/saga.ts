import { z } from 'zod';
import { fact } from '../fact.ts';
import { customerId, orderId, productId, quantity } from '../ids.ts';
import { money } from '../money.ts';
import { cancelReason } from './orders.ts';

export const sagaStep = z.enum(['reserve-credit', 'reserve-stock', 'take-payment', 'use-credit', 'sell-stock']);
export const compensationStep = z.enum(['refund-payment', 'release-stock', 'release-credit']);
const anyStep = z.union([sagaStep, compensationStep]);
export const everyStep = [...sagaStep.options, ...compensationStep.options];

/** What the order saga remembers about its own progress. It lives in the orders database, topic `tradewind.orders`. */
export const sagaFacts = {
  SagaStarted: fact({
    type: 'tradewind.saga.started',
    schema: z.strictObject({
      orderId, customerId, paymentMethod: z.string().max(64), total: money,
      lines: z.array(z.strictObject({ productId, quantity })).min(1).max(15),
    }),
    summary: 'The saga took the order up; the first step is asked for.',
  }),
  SagaStepDone: fact({
    type: 'tradewind.saga.step-done', schema: z.strictObject({ orderId, step: anyStep }),
    summary: 'A participant answered that a step, or a compensation, is done.',
  }),
  SagaStepResent: fact({
    type: 'tradewind.saga.step-resent', schema: z.strictObject({ orderId, step: anyStep, attempt: z.int().min(2) }),
    summary: 'No answer in time: the same command was sent again under the same id.',
  }),
  SagaCompensating: fact({
    type: 'tradewind.saga.compensating',
    schema: z.strictObject({ orderId, reason: cancelReason, steps: z.array(compensationStep) }),
    summary: 'The order will not be fulfilled; these compensations follow, in this order.',
  }),
  SagaParked: fact({
    type: 'tradewind.saga.parked', schema: z.strictObject({ orderId, step: anyStep, detail: z.string().max(500) }),
    summary: 'A compensation failed for good (`compensation-failed`): a person must look, then resume it.',
  }),
  SagaResumed: fact({
    type: 'tradewind.saga.resumed', schema: z.strictObject({ orderId, step: anyStep, by: z.string().max(64) }),
    summary: 'A parked saga was taken up again.',
  }),
  SagaEnded: fact({
    type: 'tradewind.saga.ended',
    schema: z.strictObject({ orderId, outcome: z.enum(['confirmed', 'cancelled']) }),
    summary: 'Nothing is left to do for this order.',
  }),
};
