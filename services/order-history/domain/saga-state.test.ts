import { expect, test } from '@jest/globals';
import type { SagaEvent } from '@tradewind/events/facts/catalogue.ts';
import { sagaState } from './saga-state.ts';
import type { SagaState } from './order-view.ts';

const orderId = 'o1';
const done = (step: 'reserve-credit' | 'reserve-stock' | 'take-payment' | 'use-credit' | 'sell-stock' | 'release-stock' | 'release-credit'): SagaEvent =>
  ({ type: 'SagaStepDone', data: { orderId, step } });
const started: SagaEvent = {
  type: 'SagaStarted', data: { orderId, customerId: 'c1', paymentMethod: 'card', total: { amount: 1, currency: 'EUR' }, lines: [{ productId: 'p1', quantity: 1 }] },
};
const compensating: SagaEvent = { type: 'SagaCompensating', data: { orderId, reason: 'payment-declined', steps: ['release-stock', 'release-credit'] } };
const parked: SagaEvent = { type: 'SagaParked', data: { orderId, step: 'release-stock', detail: 'no answer' } };
const resumed: SagaEvent = { type: 'SagaResumed', data: { orderId, step: 'release-stock', by: 'operator:olga' } };
const ended: SagaEvent = { type: 'SagaEnded', data: { orderId, outcome: 'cancelled' } };

const path = (...events: SagaEvent[]): SagaState[] => {
  let state: SagaState | undefined;
  return events.map((event) => state = sagaState(state, event));
};

test('a saga goes through its steps', () => {
  expect(path(started, done('reserve-credit'), { type: 'SagaStepResent', data: { orderId, step: 'reserve-stock', attempt: 2 } }, done('reserve-stock'),
    done('take-payment'), done('sell-stock'), done('use-credit'), { type: 'SagaEnded', data: { orderId, outcome: 'confirmed' } }))
    .toEqual(['reserving-credit', 'reserving-stock', 'reserving-stock', 'taking-payment', 'completing', 'completing', 'completing', 'ended']);
});

test('a late answer does not take a compensating saga forward again', () => {
  expect(path(started, compensating, done('reserve-credit'), done('release-stock'), done('release-credit'), ended))
    .toEqual(['reserving-credit', 'compensating', 'compensating', 'compensating', 'compensating', 'ended']);
});

test('a parked saga goes on when it is resumed, or when it hears late that the compensation was done', () => {
  expect(path(started, compensating, parked, resumed, ended)).toEqual(['reserving-credit', 'compensating', 'compensation-failed', 'compensating', 'ended']);
  expect(path(started, compensating, parked, done('take-payment'), done('release-stock'))).toEqual(
    ['reserving-credit', 'compensating', 'compensation-failed', 'compensation-failed', 'compensating']);
});
