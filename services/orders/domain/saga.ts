import { Refusal, type Decider } from '@tradewind/events/decider.ts';
import type { FactOf, SagaEvent } from '@tradewind/events/facts/catalogue.ts';
import type { CancelReason, Order } from './order.ts';
import { awaited, evolve, type Awaited, type Compensating, type Parked, type Running, type Saga } from './saga-state.ts';
import { compensations, reasonOfRejection, type Step, type Terms } from './steps.ts';

/** What the saga reacts to. */
export type SagaInput =
  | { type: 'order-placed'; terms: Terms }
  | { type: 'order-cancelled'; reason: CancelReason }
  /** A participant answered. `order`: as loaded, see `consultsOrder`. */
  | { type: 'answer'; step: Step; says: 'done' | 'rejected' | 'failed'; detail?: string; order: Order }
  /** No answer in time to these. */
  | { type: 'timeout'; awaited: Awaited[]; order: Order }
  | { type: 'resume'; by: string };

/** How often a securing step is asked for before its outcome counts as unknown. */
export const ATTEMPTS = 3;

/** Whether the order's own state matters to the decision, which must then be appended at the order's version. */
export function consultsOrder(input: Pick<SagaInput, 'type'> & { step?: Step; says?: string }, saga: Saga): boolean {
  if (saga.status !== 'running') return false;
  if (input.type === 'answer') return input.step === saga.step && (input.says !== 'done' || input.step === 'take-payment');
  return input.type === 'timeout';
}

/** @throws Refusal `order-unknown` · `saga-not-parked`, both on `resume` only */
function decide(input: SagaInput, saga: Saga): SagaEvent[] {
  switch (saga.status) {
    case 'absent':
      if (input.type === 'resume') throw new Refusal('order-unknown', 'There is no such order.');
      return input.type === 'order-placed' ? [{ type: 'SagaStarted', data: input.terms }] : [];
    case 'running':
      return whileRunning(input, saga);
    case 'confirming':
      return whileConfirming(input, saga);
    case 'compensating':
      return whileCompensating(input, saga);
    case 'parked':
      return whileParked(input, saga);
    case 'ended':
      return unlessResumed(input);
  }
}

/**
 * The process manager of one order: secures credit, stock and payment one after another, then settles;
 * or gives back, in reverse, whatever was or may have been secured. Total over every state and input:
 * late and repeated answers change nothing.
 */
export const saga: Decider<SagaInput, SagaEvent, Saga> = { decide, evolve, initial: { status: 'absent' } };

function whileRunning(input: SagaInput, saga: Running): SagaEvent[] {
  switch (input.type) {
    case 'answer':
      return input.step === saga.step ? answered(input, saga) : [];
    case 'order-cancelled':
      return compensate(saga, input.reason, 'unknown');
    case 'timeout':
      if (!stillAwaited(input.awaited, saga).length) return [];
      return saga.attempt < ATTEMPTS
        ? [resend(saga.terms, saga.step, saga.attempt + 1)]
        : compensate(saga, reasonUnlessCancelled(input.order, 'step-timed-out'), 'unknown');
    default:
      return unlessResumed(input);
  }
}

function answered({ says, order }: Extract<SagaInput, { type: 'answer' }>, saga: Running): SagaEvent[] {
  if (says !== 'done') return compensate(saga, reasonUnlessCancelled(order, reasonOfRejection[saga.step]), 'rejected');
  if (saga.step !== 'take-payment') return [done(saga.terms, saga.step)];
  if (order.status === 'cancelled') return compensate(saga, order.reason, 'unknown');
  return order.status === 'absent' ? [] : [done(saga.terms, saga.step)];
}

/** A customer who cancelled first is the reason, whatever the saga ran into meanwhile. */
function reasonUnlessCancelled(order: Order, reason: CancelReason): CancelReason {
  return order.status === 'cancelled' ? order.reason : reason;
}

function compensate({ terms: { orderId }, step }: Running, reason: CancelReason, outcome: 'unknown' | 'rejected'): SagaEvent[] {
  const steps = compensations(step, outcome);
  const compensating: SagaEvent = { type: 'SagaCompensating', data: { orderId, reason, steps } };
  return steps.length > 0 ? [compensating] : [compensating, ended(orderId, 'cancelled')];
}

function whileConfirming(input: SagaInput, saga: Saga & { status: 'confirming' }): SagaEvent[] {
  const { terms, steps } = saga;
  if (input.type === 'timeout')
    return stillAwaited(input.awaited, saga).map(({ step, attempt }) => resend(terms, step, attempt + 1));
  if (input.type !== 'answer') return unlessResumed(input);
  if (input.says !== 'done' || !steps.some((each) => each.step === input.step)) return [];
  return steps.length > 1 ? [done(terms, input.step)] : [done(terms, input.step), ended(terms.orderId, 'confirmed')];
}

function whileCompensating(input: SagaInput, saga: Compensating): SagaEvent[] {
  const { terms, attempt } = saga;
  if (input.type === 'timeout')
    return stillAwaited(input.awaited, saga).map(({ step }) => resend(terms, step, attempt + 1));
  if (input.type !== 'answer') return unlessResumed(input);
  if (input.step !== saga.steps[0]) return [];
  if (input.says === 'done') return undone(saga, input.step);
  return [{ type: 'SagaParked', data: { orderId: terms.orderId, step: input.step, detail: input.detail ?? input.says } }];
}

/** An operator has it tried again; or the compensation turns out to be done after all. */
function whileParked(input: SagaInput, saga: Parked): SagaEvent[] {
  const [step] = saga.steps;
  if (!step) return [];
  if (input.type === 'resume') return [{ type: 'SagaResumed', data: { orderId: saga.terms.orderId, step, by: input.by } }];
  return input.type === 'answer' && input.step === step && input.says === 'done' ? undone(saga, step) : [];
}

function undone({ terms, steps }: Compensating | Parked, step: Step): SagaEvent[] {
  return steps.length > 1 ? [done(terms, step)] : [done(terms, step), ended(terms.orderId, 'cancelled')];
}

function unlessResumed(input: SagaInput): [] {
  if (input.type === 'resume') throw new Refusal('saga-not-parked', 'The saga of this order is not parked.');
  return [];
}

/** A timer may be older than the resend that replaced it: only the attempts it was set for count. */
function stillAwaited(timedOut: Awaited[], saga: Saga): Awaited[] {
  return awaited(saga).filter((each) => timedOut.some((other) => other.commandId === each.commandId && other.attempt === each.attempt));
}

function done({ orderId }: Terms, step: Step): SagaEvent {
  return { type: 'SagaStepDone', data: { orderId, step } };
}

function resend({ orderId }: Terms, step: Step, attempt: number): SagaEvent {
  return { type: 'SagaStepResent', data: { orderId, step, attempt } };
}

function ended(orderId: string, outcome: FactOf<'SagaEnded'>['data']['outcome']): SagaEvent {
  return { type: 'SagaEnded', data: { orderId, outcome } };
}
