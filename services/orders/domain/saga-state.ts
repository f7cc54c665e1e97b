import type { SagaEvent } from '@tradewind/events/facts/catalogue.ts';
import type { CancelReason } from './order.ts';
import { securing, settling, type CompensationStep, type SecuringStep, type SettlingStep, type Step, type Terms } from './steps.ts';

/** How far the saga of one order is. `attempt` counts how often the step in flight was asked for. */
export type Saga =
  | { status: 'absent' }
  | Running
  | { status: 'confirming'; terms: Terms; steps: { step: SettlingStep; attempt: number }[] }
  | Compensating
  | Parked
  | { status: 'ended'; outcome: 'confirmed' | 'cancelled' };

export interface Running { status: 'running'; terms: Terms; step: SecuringStep; attempt: number }

export interface Compensating {
  status: 'compensating';
  terms: Terms;
  reason: CancelReason;
  /** What is still to be undone; the first is in flight. */
  steps: CompensationStep[];
  attempt: number;
  /** How often an operator had the step in flight tried anew. */
  resumed: number;
}

export interface Parked extends Omit<Compensating, 'status' | 'attempt'> { status: 'parked'; detail: string }

/** A command whose answer is waited for. */
export interface Awaited {
  step: Step;
  attempt: number;
  /** `order:step`, kept by resends so that a participant handles it once; a resumption gets one of its own. */
  commandId: string;
}

/** Commands in flight; in `compensating` and `running` there is one at a time. */
export function awaited(saga: Saga): Awaited[] {
  switch (saga.status) {
    case 'running':
      return [{ step: saga.step, attempt: saga.attempt, commandId: commandId(saga.terms, saga.step) }];
    case 'confirming':
      return saga.steps.map((each) => ({ ...each, commandId: commandId(saga.terms, each.step) }));
    case 'compensating':
      return saga.steps.slice(0, 1).map((step) => ({ step, attempt: saga.attempt, commandId: commandId(saga.terms, step, saga.resumed) }));
    default:
      return [];
  }
}

function commandId({ orderId }: Terms, step: Step, resumed = 0): string {
  return resumed === 0 ? `${orderId}:${step}` : `${orderId}:${step}:resumed-${resumed}`;
}

/** Never throws; an event that does not follow from `saga` changes nothing. */
export function evolve(saga: Saga, event: SagaEvent): Saga {
  switch (event.type) {
    case 'SagaStarted': return started(saga, event.data);
    case 'SagaStepDone': return stepDone(saga, event.data.step);
    case 'SagaStepResent': return resent(saga, event.data.step, event.data.attempt);
    case 'SagaCompensating': return compensating(saga, event.data.reason, event.data.steps);
    case 'SagaParked': return parked(saga, event.data.detail);
    case 'SagaResumed': return resumed(saga);
    case 'SagaEnded': return { status: 'ended', outcome: event.data.outcome };
  }
}

function started(saga: Saga, terms: Terms): Saga {
  return saga.status === 'absent' ? { status: 'running', terms, step: securing[0], attempt: 1 } : saga;
}

function stepDone(saga: Saga, step: Step): Saga {
  switch (saga.status) {
    case 'running':
      return saga.step === step ? following(saga) : saga;
    case 'confirming':
      return { ...saga, steps: saga.steps.filter((each) => each.step !== step) };
    case 'compensating':
    case 'parked': {
      const { terms, reason, steps } = saga;
      return steps[0] === step ? { status: 'compensating', terms, reason, steps: steps.slice(1), attempt: 1, resumed: 0 } : saga;
    }
    default:
      return saga;
  }
}

function following({ terms, step }: Running): Saga {
  const next = securing[securing.indexOf(step) + 1];
  return next
    ? { status: 'running', terms, step: next, attempt: 1 }
    : { status: 'confirming', terms, steps: settling.map((each) => ({ step: each, attempt: 1 })) };
}

function resent(saga: Saga, step: Step, attempt: number): Saga {
  switch (saga.status) {
    case 'running':
      return saga.step === step ? { ...saga, attempt } : saga;
    case 'confirming':
      return { ...saga, steps: saga.steps.map((each) => (each.step === step ? { ...each, attempt } : each)) };
    case 'compensating':
      return saga.steps[0] === step ? { ...saga, attempt } : saga;
    default:
      return saga;
  }
}

function compensating(saga: Saga, reason: CancelReason, steps: CompensationStep[]): Saga {
  return saga.status === 'running' ? { status: 'compensating', terms: saga.terms, reason, steps, attempt: 1, resumed: 0 } : saga;
}

function parked(saga: Saga, detail: string): Saga {
  if (saga.status !== 'compensating') return saga;
  const { terms, reason, steps, resumed } = saga;
  return { status: 'parked', terms, reason, steps, resumed, detail };
}

function resumed(saga: Saga): Saga {
  if (saga.status !== 'parked') return saga;
  const { terms, reason, steps, resumed } = saga;
  return { status: 'compensating', terms, reason, steps, attempt: 1, resumed: resumed + 1 };
}
