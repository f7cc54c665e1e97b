import { expect, test } from '@jest/globals';
import { fold } from '@tradewind/events/decider.ts';
import type { Fact, FactOf } from '@tradewind/events/facts/catalogue.ts';
import { hear } from './hear.ts';
import { move, patience, type Move } from './move.ts';
import { order, type Order } from './order.ts';
import { saga, type SagaInput } from './saga.ts';
import { awaited, type Saga } from './saga-state.ts';

const orderId = 'o1';
const customerId = 'c1';
const total = { amount: 1000, currency: 'EUR' };
const lines = [{ productId: 'p1', quantity: 2 }];
const placedEvent: FactOf<'OrderPlaced'> = {
  type: 'OrderPlaced',
  data: { orderId, customerId, paymentMethod: 'card-visa', lines: [{ productId: 'p1', quantity: 2, unitPrice: { amount: 500, currency: 'EUR' } }], total },
};
const placed: Order = fold(order, [placedEvent]);
const cancelled: Order = fold(order, order.decide({ type: 'CancelOrder', reason: 'requested-by-customer' }, placed), placed);

const fact = {
  placed: placedEvent,
  cancelled: { type: 'OrderCancelled', data: { orderId, customerId, reason: 'requested-by-customer' } },
  creditReserved: { type: 'CreditReserved', data: { orderId, customerId, amount: total } },
  creditRejected: { type: 'CreditRejected', data: { orderId, customerId, amount: total, reason: 'credit-insufficient' } },
  creditUsed: { type: 'CreditUsed', data: { orderId, customerId, amount: total } },
  creditReleased: { type: 'CreditReleased', data: { orderId, customerId, amount: total } },
  stockReserved: { type: 'StockReserved', data: { orderId, lines } },
  stockRejected: { type: 'StockRejected', data: { orderId, reason: 'stock-insufficient', productIds: ['p1'] } },
  stockSold: { type: 'StockSold', data: { orderId, lines } },
  stockReleased: { type: 'StockReleased', data: { orderId, lines } },
  paymentTaken: { type: 'PaymentTaken', data: { orderId, amount: total, providerReference: 'r1' } },
  paymentDeclined: { type: 'PaymentDeclined', data: { orderId, amount: total, reason: 'card-declined' } },
  paymentRefunded: { type: 'PaymentRefunded', data: { orderId, amount: total } },
  refundFailed: { type: 'RefundFailed', data: { orderId, detail: 'account closed' } },
} satisfies Record<string, Fact>;

type Cue = Fact | 'timeout' | 'resume';

function inputOf(cue: Cue, state: Saga, seen: Order): SagaInput {
  if (cue === 'timeout') return { type: 'timeout', awaited: awaited(state), order: seen };
  if (cue === 'resume') return { type: 'resume', by: 'operator:ann' };
  const { input } = hear(cue) ?? {};
  if (!input) throw new Error(`${cue.type} means nothing to the saga`);
  return input.type === 'answer' ? { ...input, order: seen } : input;
}

/** The moves that `cues` lead to, one after another, with the order as given. */
function play(cues: Cue[], seen: Order = placed): Move[] {
  let state = saga.initial;
  return cues.map((cue) => {
    const made = move(inputOf(cue, state, seen), state);
    state = made.after;
    return made;
  });
}

const sent = (moves: Move[]) => moves.map((each) => each.commands.map(({ command }) => command.type));
const last = (moves: Move[]) => moves.at(-1)!;
const secured: Cue[] = [fact.placed, fact.creditReserved, fact.stockReserved];

test('an order is secured step by step, confirmed, settled, and ended', () => {
  const moves = play([...secured, fact.paymentTaken, fact.stockSold, fact.creditUsed]);
  expect(sent(moves)).toEqual([['ReserveCredit'], ['ReserveStock'], ['TakePayment'], ['UseCredit', 'SellStock'], [], []]);
  expect(moves.map((each) => each.order?.type)).toEqual([undefined, undefined, undefined, 'ConfirmOrder', undefined, undefined]);
  expect(moves.map((each) => each.timer?.type)).toEqual(['await', 'await', 'await', 'await', undefined, 'clear']);
  expect(last(moves).events).toEqual([
    { type: 'SagaStepDone', data: { orderId, step: 'use-credit' } }, { type: 'SagaEnded', data: { orderId, outcome: 'confirmed' } }]);
});

test('commands carry the terms of the order, an id of saga and step, and the stream they concern', () => {
  const moves = play([...secured, fact.paymentTaken]);
  expect(moves.flatMap((each) => each.commands)).toEqual([
    { id: 'o1:reserve-credit', step: 'reserve-credit', subject: 'customer-c1', command: { type: 'ReserveCredit', data: { orderId, customerId, amount: total } } },
    { id: 'o1:reserve-stock', step: 'reserve-stock', subject: 'reservation-o1', command: { type: 'ReserveStock', data: { orderId, lines } } },
    { id: 'o1:take-payment', step: 'take-payment', subject: 'payment-o1', command: { type: 'TakePayment', data: { orderId, customerId, amount: total, paymentMethod: 'card-visa' } } },
    { id: 'o1:use-credit', step: 'use-credit', subject: 'customer-c1', command: { type: 'UseCredit', data: { orderId, customerId, amount: total } } },
    { id: 'o1:sell-stock', step: 'sell-stock', subject: 'reservation-o1', command: { type: 'SellStock', data: { orderId, lines } } },
  ]);
});

interface GivenUp { when: string; cues: Cue[]; reason: string; detail: string; steps: string[]; undoing: Cue[] }

test.each<GivenUp>([
  {
    when: 'credit is rejected', cues: [fact.placed, fact.creditRejected],
    reason: 'credit-rejected', detail: 'credit-insufficient', steps: [], undoing: [],
  }, {
    when: 'stock is rejected', cues: [fact.placed, fact.creditReserved, fact.stockRejected],
    reason: 'stock-rejected', detail: 'stock-insufficient: p1', steps: ['release-credit'], undoing: [fact.creditReleased],
  }, {
    when: 'the payment is declined', cues: [...secured, fact.paymentDeclined],
    reason: 'payment-declined', detail: 'card-declined', steps: ['release-stock', 'release-credit'], undoing: [fact.stockReleased, fact.creditReleased],
  }, {
    when: 'the payment is never answered', cues: [...secured, 'timeout', 'timeout', 'timeout'],
    reason: 'step-timed-out', detail: 'take-payment: no answer to 3 attempts', steps: ['refund-payment', 'release-stock', 'release-credit'],
    undoing: [fact.paymentRefunded, fact.stockReleased, fact.creditReleased],
  }, {
    when: 'credit is never answered', cues: [fact.placed, 'timeout', 'timeout', 'timeout'],
    reason: 'step-timed-out', detail: 'reserve-credit: no answer to 3 attempts', steps: ['release-credit'], undoing: [fact.creditReleased],
  },
])('when $when, the order is cancelled and what was or may be done is undone in reverse', ({ cues, reason, detail, steps, undoing }) => {
  const moves = play([...cues, ...undoing]);
  const turn = moves[cues.length - 1]!;
  expect(turn.events[0]).toEqual({ type: 'SagaCompensating', data: { orderId, reason, steps } });
  expect(turn.order).toEqual({ type: 'CancelOrder', reason, detail });
  expect(moves.slice(cues.length - 1).map((each) => each.commands.map(({ step }) => step))).toEqual([...steps.map((each) => [each]), []]);
  expect(last(moves).after).toEqual({ status: 'ended', outcome: 'cancelled' });
  expect(last(moves).timer).toEqual({ type: 'clear' });
});

test.each<[Cue[], string[]]>([
  [[fact.placed], ['release-credit']],
  [[fact.placed, fact.creditReserved], ['release-stock', 'release-credit']],
  [secured, ['refund-payment', 'release-stock', 'release-credit']],
])('a customer who cancels has the step in flight undone as well (%#)', (cues, steps) => {
  const turn = last(play([...cues, fact.cancelled]));
  expect(turn.events).toEqual([{ type: 'SagaCompensating', data: { orderId, reason: 'requested-by-customer', steps } }]);
  expect(turn.order).toBeUndefined();
});

test('a payment taken for an order cancelled meanwhile is refunded, and the order stays cancelled', () => {
  const turn = last(play([...secured, fact.paymentTaken], cancelled));
  expect(turn.events).toEqual([{
    type: 'SagaCompensating',
    data: { orderId, reason: 'requested-by-customer', steps: ['refund-payment', 'release-stock', 'release-credit'] },
  }]);
  expect(turn.commands.map(({ step }) => step)).toEqual(['refund-payment']);
});

test('answers that come after the order was given up change nothing', () => {
  const compensating: Cue[] = [...secured, fact.cancelled];
  for (const late of [fact.paymentTaken, fact.paymentDeclined, fact.stockReserved, fact.creditReserved, fact.stockReleased, fact.placed, fact.cancelled])
    expect(last(play([...compensating, late]))).toMatchObject({ events: [], commands: [] });
});

test('a step unanswered in time is asked for again under the same id, twice', () => {
  const moves = play([fact.placed, 'timeout', 'timeout']);
  expect(moves.map((each) => each.commands.map(({ id }) => id))).toEqual([['o1:reserve-credit'], ['o1:reserve-credit'], ['o1:reserve-credit']]);
  expect(last(moves).events).toEqual([{ type: 'SagaStepResent', data: { orderId, step: 'reserve-credit', attempt: 3 } }]);
  expect(last(moves).timer).toEqual({ type: 'await', awaited: [{ step: 'reserve-credit', attempt: 3, commandId: 'o1:reserve-credit' }] });
});

test('a timer older than the last resend counts for nothing', () => {
  const [first, second] = play([fact.placed, 'timeout']);
  const outdated: SagaInput = { type: 'timeout', awaited: awaited(first!.after), order: placed };
  expect(saga.decide(outdated, second!.after)).toEqual([]);
});

test('settling and compensating are asked for again and again, those unanswered only', () => {
  const confirming = play([...secured, fact.paymentTaken, fact.creditUsed, ...Array<Cue>(9).fill('timeout')]);
  expect(last(confirming).commands.map(({ id }) => id)).toEqual(['o1:sell-stock']);
  expect(last(confirming).after).toMatchObject({ status: 'confirming', steps: [{ step: 'sell-stock', attempt: 10 }] });
  const compensating = play([...secured, fact.cancelled, ...Array<Cue>(9).fill('timeout')]);
  expect(last(compensating).commands.map(({ id }) => id)).toEqual(['o1:refund-payment']);
  expect(last(compensating).after).toMatchObject({ status: 'compensating', attempt: 10 });
});

test('patience is constant while an order is being secured, and grows to five minutes afterwards', () => {
  const at = (step: 'take-payment' | 'sell-stock', attempt: number) => patience([{ step, attempt, commandId: 'x' }], 10_000);
  expect([1, 2, 3].map((attempt) => at('take-payment', attempt))).toEqual([10_000, 10_000, 10_000]);
  expect([1, 2, 3, 20, 2000].map((attempt) => at('sell-stock', attempt))).toEqual([10_000, 20_000, 40_000, 300_000, 300_000]);
});

test('a refund that fails for good parks the saga until someone resumes it, under an id of its own', () => {
  const parking: Cue[] = [...secured, fact.cancelled, fact.refundFailed];
  const moves = play(parking);
  expect(last(moves).events).toEqual([{ type: 'SagaParked', data: { orderId, step: 'refund-payment', detail: 'account closed' } }]);
  expect(last(moves)).toMatchObject({ commands: [], timer: { type: 'remind' } });
  const resumed = play([...parking, 'resume']);
  expect(last(resumed).events).toEqual([{ type: 'SagaResumed', data: { orderId, step: 'refund-payment', by: 'operator:ann' } }]);
  expect(last(resumed).commands.map(({ id }) => id)).toEqual(['o1:refund-payment:resumed-1']);
  const again = play([...parking, 'resume', fact.refundFailed, 'resume', fact.paymentRefunded, fact.stockReleased, fact.creditReleased]);
  expect(again.flatMap((each) => each.commands.map(({ id }) => id)).slice(-4)).toEqual([
    'o1:refund-payment:resumed-1', 'o1:refund-payment:resumed-2', 'o1:release-stock', 'o1:release-credit']);
  expect(last(again).after).toEqual({ status: 'ended', outcome: 'cancelled' });
});

test('a parked saga goes on by itself when the refund turns out to be done', () => {
  const moves = play([...secured, fact.cancelled, fact.refundFailed, fact.paymentRefunded]);
  expect(last(moves).after).toMatchObject({ status: 'compensating', steps: ['release-stock', 'release-credit'] });
  expect(last(moves).commands.map(({ id }) => id)).toEqual(['o1:release-stock']);
});

test.each<[string, Cue[], string]>([
  ['absent', [], 'order-unknown'],
  ['running', [fact.placed], 'saga-not-parked'],
  ['confirming', [...secured, fact.paymentTaken], 'saga-not-parked'],
  ['compensating', [...secured, fact.cancelled], 'saga-not-parked'],
  ['ended', [fact.placed, fact.creditRejected], 'saga-not-parked'],
])('a saga that is %s cannot be resumed', (_, cues, code) => {
  const state = cues.length > 0 ? last(play(cues)).after : saga.initial;
  expect(() => saga.decide({ type: 'resume', by: 'operator:ann' }, state)).toThrow(expect.objectContaining({ code }));
});

test("the saga does not hear its own cancellations, nor products' shares", () => {
  expect(hear({ ...fact.cancelled, data: { ...fact.cancelled.data, reason: 'stock-rejected' } })).toBeUndefined();
  expect(hear({ type: 'QuantitySold', data: { orderId, productId: 'p1', quantity: 2 } })).toBeUndefined();
  expect(hear({ type: 'OrderConfirmed', data: { orderId, customerId, total } })).toBeUndefined();
});

test('a timer that goes off to no effect is cleared, reminds of a parked saga, or leaves its successor alone', () => {
  const timeout: SagaInput = { type: 'timeout', awaited: [{ step: 'take-payment', attempt: 1, commandId: 'o1:take-payment' }], order: placed };
  expect(move(timeout, last(play([fact.placed, fact.creditRejected])).after)).toMatchObject({ events: [], timer: { type: 'clear' } });
  expect(move(timeout, last(play([...secured, fact.cancelled, fact.refundFailed])).after)).toMatchObject({ events: [], timer: { type: 'remind' } });
  expect(move(timeout, last(play([...secured, 'timeout'])).after).timer).toBeUndefined();
});
