import type { FactOf, SagaEvent } from '@tradewind/events/facts/catalogue.ts';
import type { SagaState } from './order-view.ts';

type Step = FactOf<'SagaStepDone'>['data']['step'];

/** What the saga waits for once a step is done; another step, or a compensation, keeps it where it is. */
const AFTER: Partial<Record<Step, SagaState>> = {
  'reserve-credit': 'reserving-stock', 'reserve-stock': 'taking-payment', 'take-payment': 'completing',
};

/** Where a saga stands while it works on a step. */
const DURING: Record<Step, SagaState> = {
  'reserve-credit': 'reserving-credit', 'reserve-stock': 'reserving-stock', 'take-payment': 'taking-payment',
  'use-credit': 'completing', 'sell-stock': 'completing',
  'refund-payment': 'compensating', 'release-stock': 'compensating', 'release-credit': 'compensating',
};

/** State of a saga after one more of its events. An answer that comes late does not take a compensating saga forward. */
export function sagaState(before: SagaState | undefined, event: SagaEvent): SagaState {
  switch (event.type) {
    case 'SagaStarted':
      return 'reserving-credit';
    case 'SagaStepDone':
      return stepDone(before ?? 'reserving-credit', event.data.step);
    case 'SagaStepResent':
      return before ?? DURING[event.data.step];
    case 'SagaCompensating':
      return 'compensating';
    case 'SagaParked':
      return 'compensation-failed';
    case 'SagaResumed':
      return DURING[event.data.step];
    case 'SagaEnded':
      return 'ended';
  }
}

/** A parked saga hears late that the compensation it gave up was done after all, and goes on. */
function stepDone(before: SagaState, step: Step): SagaState {
  if (before === 'compensation-failed') return DURING[step] === 'compensating' ? 'compensating' : before;
  return before === 'compensating' || before === 'ended' ? before : AFTER[step] ?? before;
}
