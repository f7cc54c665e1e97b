import type { Fact, FactName, FactOf } from '@tradewind/events/facts/catalogue.ts';
import { formatMoney } from '@tradewind/events/format-money.ts';
import type { Money } from '@tradewind/events/money.ts';

type Summaries = { [Name in FactName]?: (data: FactOf<Name>['data']) => string };

const STEPS: Record<FactOf<'SagaStepDone'>['data']['step'], string> = {
  'reserve-credit': 'reserving credit', 'reserve-stock': 'reserving stock', 'take-payment': 'taking the payment',
  'use-credit': 'using the credit', 'sell-stock': 'selling the stock',
  'refund-payment': 'refunding the payment', 'release-stock': 'releasing the stock', 'release-credit': 'releasing the credit',
};

const REASONS = {
  'requested-by-customer': 'the customer asked for it', 'credit-rejected': 'credit was rejected',
  'stock-rejected': 'stock was rejected', 'payment-declined': 'the payment was declined', 'step-timed-out': 'a step timed out',
  'customer-unknown': 'there is no such customer', 'credit-insufficient': 'the credit does not suffice',
  'currency-mismatch': 'the credit is in another currency', 'released-before-reserved': 'it was released before',
  'product-unknown': 'there is no such product', 'stock-insufficient': 'there is not enough stock',
  'card-declined': 'the card was declined', 'refunded-before-taken': 'it was refunded before',
};

/** Whether an answer only bars what may still come: a release or refund that found nothing to give back. */
const nothing = (amount: Money): boolean => amount.amount === 0;

const summaries: Summaries = {
  OrderPlaced: ({ lines, total }) => `Order placed: ${count(units(lines), 'unit')} of ${count(lines.length, 'product')}, ${formatMoney(total)}`,
  OrderConfirmed: ({ total }) => `Order confirmed at ${formatMoney(total)}`,
  OrderCancelled: ({ reason, detail }) => `Order cancelled: ${REASONS[reason]}${detail ? ` (${plain(detail)})` : ''}`,
  SagaStarted: () => 'Saga started with reserving credit',
  SagaStepDone: ({ step }) => `Saga: ${STEPS[step]} is done`,
  SagaStepResent: ({ step, attempt }) => `Saga: no answer in time, ${STEPS[step]} asked for again (attempt ${attempt})`,
  SagaCompensating: ({ reason, steps }) =>
    `Saga compensates, since ${REASONS[reason]}: ${steps.map((step) => STEPS[step]).join(', then ') || 'nothing to give back'}`,
  SagaParked: ({ step, detail }) => `Saga parked, ${STEPS[step]} failed for good: ${plain(detail)}`,
  SagaResumed: ({ step, by }) => `Saga resumed by ${plain(by)} with ${STEPS[step]}`,
  SagaEnded: ({ outcome }) => `Saga ended, order ${outcome}`,
  CreditReserved: ({ amount }) => `Credit of ${formatMoney(amount)} reserved`,
  CreditRejected: ({ amount, reason }) => `Credit of ${formatMoney(amount)} rejected: ${REASONS[reason]}`,
  CreditReleased: ({ amount }) => nothing(amount) ? 'No credit to release; a late reservation is barred' : `Credit of ${formatMoney(amount)} released`,
  CreditUsed: ({ amount }) => `Credit of ${formatMoney(amount)} used`,
  StockReserved: ({ lines }) => `Stock reserved: ${count(units(lines), 'unit')} of ${count(lines.length, 'product')}`,
  StockRejected: ({ reason, productIds }) => `Stock rejected: ${REASONS[reason]}${productIds.length ? ` (${productIds.join(', ')})` : ''}`,
  StockReleased: ({ lines }) => lines.length ? `Stock released: ${count(units(lines), 'unit')}` : 'No stock to release; a late reservation is barred',
  StockSold: ({ lines }) => `Stock sold: ${count(units(lines), 'unit')}`,
  PaymentTaken: ({ amount, providerReference }) => `Payment of ${formatMoney(amount)} taken (${plain(providerReference)})`,
  PaymentDeclined: ({ amount, reason }) => `Payment of ${formatMoney(amount)} declined: ${REASONS[reason]}`,
  PaymentRefunded: ({ amount }) => nothing(amount) ? 'No payment to refund; a late charge is barred' : `Payment of ${formatMoney(amount)} refunded`,
  RefundFailed: ({ detail }) => `Refund failed for good: ${plain(detail)}`,
};

/** One event in plain words, for people who never saw the catalogue. */
export function summary(fact: Fact): string {
  const say = summaries[fact.type] as ((data: Fact['data']) => string) | undefined;
  return say ? say(fact.data) : fact.type;
}

/** Free text as every store can hold it: no NUL, no half of a surrogate pair. */
export function plain(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

function units(lines: { quantity: number }[]): number {
  return lines.reduce((sum, line) => sum + line.quantity, 0);
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
