import type { Fact, FactName, FactOf } from '@tradewind/events/facts/catalogue.ts';
import type { SagaInput } from './saga.ts';
import type { Step } from './steps.ts';

/** What the log can tell a saga; whoever takes an answer in adds the order as loaded. */
export type HeardInput = Extract<SagaInput, { type: 'order-placed' | 'order-cancelled' }> | Omit<Extract<SagaInput, { type: 'answer' }>, 'order'>;

const answers = {
  CreditReserved: ['reserve-credit', 'done'],
  CreditRejected: ['reserve-credit', 'rejected'],
  StockReserved: ['reserve-stock', 'done'],
  StockRejected: ['reserve-stock', 'rejected'],
  PaymentTaken: ['take-payment', 'done'],
  PaymentDeclined: ['take-payment', 'rejected'],
  CreditUsed: ['use-credit', 'done'],
  StockSold: ['sell-stock', 'done'],
  PaymentRefunded: ['refund-payment', 'done'],
  RefundFailed: ['refund-payment', 'failed'],
  StockReleased: ['release-stock', 'done'],
  CreditReleased: ['release-credit', 'done'],
} as const satisfies Partial<Record<FactName, readonly [Step, 'done' | 'rejected' | 'failed']>>;

type AnswerName = keyof typeof answers;

/** Facts that may concern the saga; every other is skipped unread. */
export const heard: ReadonlySet<FactName> = new Set<FactName>(['OrderPlaced', 'OrderCancelled', ...Object.keys(answers) as AnswerName[]]);

/** What a fact means to the saga of which order; undefined where it means nothing, such as a cancellation of the saga's own. */
export function hear(fact: Fact): { orderId: string; input: HeardInput } | undefined {
  if (isAnswer(fact)) {
    const [step, says] = answers[fact.type];
    const detail = detailOf(fact);
    return { orderId: fact.data.orderId, input: { type: 'answer', step, says, ...(detail !== undefined && { detail }) } };
  }
  if (fact.type === 'OrderPlaced') return { orderId: fact.data.orderId, input: { type: 'order-placed', terms: termsOf(fact.data) } };
  if (fact.type !== 'OrderCancelled' || fact.data.reason !== 'requested-by-customer') return undefined;
  return { orderId: fact.data.orderId, input: { type: 'order-cancelled', reason: fact.data.reason } };
}

function isAnswer(fact: Fact): fact is FactOf<AnswerName> {
  return fact.type in answers;
}

function termsOf({ orderId, customerId, paymentMethod, total, lines }: FactOf<'OrderPlaced'>['data']) {
  return {
    orderId, customerId, paymentMethod, total,
    lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
  };
}

function detailOf(fact: FactOf<AnswerName>): string | undefined {
  switch (fact.type) {
    case 'CreditRejected':
    case 'PaymentDeclined':
      return fact.data.reason;
    case 'StockRejected':
      return `${fact.data.reason}: ${fact.data.productIds.join(', ')}`.slice(0, 500);
    case 'RefundFailed':
      return fact.data.detail;
    default:
      return undefined;
  }
}
