import type { CommandOf } from '@tradewind/events/commands/catalogue.ts';
import type { FactOf } from '@tradewind/events/facts/catalogue.ts';
import { stream } from '@tradewind/events/ids.ts';
import type { queueOf } from '@tradewind/events/topology.ts';
import type { CancelReason } from './order.ts';

export type Step = FactOf<'SagaStepDone'>['data']['step'];
export type CompensationStep = FactOf<'SagaCompensating'>['data']['steps'][number];

/** What secures an order, in this order. Each may be refused by its participant. */
export const securing = ['reserve-credit', 'reserve-stock', 'take-payment'] as const;
export type SecuringStep = (typeof securing)[number];

/** What follows the confirmation. Neither can be refused: both are asked for until they are done. */
export const settling = ['use-credit', 'sell-stock'] as const;
export type SettlingStep = (typeof settling)[number];

const compensationOf: Record<SecuringStep, CompensationStep> = {
  'reserve-credit': 'release-credit',
  'reserve-stock': 'release-stock',
  'take-payment': 'refund-payment',
};

export const reasonOfRejection: Record<SecuringStep, CancelReason> = {
  'reserve-credit': 'credit-rejected',
  'reserve-stock': 'stock-rejected',
  'take-payment': 'payment-declined',
};

/**
 * Undoes, in reverse, what was done before `step`, and `step` itself where its outcome is not known:
 * the participant then finds either something to undo, or bars the step's late arrival.
 */
export function compensations(step: SecuringStep, outcome: 'unknown' | 'rejected'): CompensationStep[] {
  return securing.slice(0, securing.indexOf(step) + (outcome === 'unknown' ? 1 : 0)).map((each) => compensationOf[each]).reverse();
}

/** What the saga needs to know of an order to ask others for their part. */
export type Terms = FactOf<'SagaStarted'>['data'];

type Asked = CommandOf<keyof typeof queueOf>;

/** The command that asks for a step, and the stream of the participant that it concerns. */
export function commandOf(step: Step, { orderId, customerId, paymentMethod, total, lines }: Terms): { command: Asked; subject: string } {
  const credit = { data: { orderId, customerId, amount: total } };
  const stock = { data: { orderId, lines } };
  switch (step) {
    case 'reserve-credit': return { command: { type: 'ReserveCredit', ...credit }, subject: stream.customer(customerId) };
    case 'release-credit': return { command: { type: 'ReleaseCredit', ...credit }, subject: stream.customer(customerId) };
    case 'use-credit': return { command: { type: 'UseCredit', ...credit }, subject: stream.customer(customerId) };
    case 'reserve-stock': return { command: { type: 'ReserveStock', ...stock }, subject: stream.reservation(orderId) };
    case 'release-stock': return { command: { type: 'ReleaseStock', ...stock }, subject: stream.reservation(orderId) };
    case 'sell-stock': return { command: { type: 'SellStock', ...stock }, subject: stream.reservation(orderId) };
    case 'take-payment': return {
      command: { type: 'TakePayment', data: { orderId, customerId, amount: total, paymentMethod } }, subject: stream.payment(orderId),
    };
    case 'refund-payment': return { command: { type: 'RefundPayment', data: { orderId } }, subject: stream.payment(orderId) };
  }
}
