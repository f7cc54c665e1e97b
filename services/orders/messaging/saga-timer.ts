import type { Act } from '@tradewind/event-store/port.ts';
import { patience, type TimerChange } from '../domain/move.ts';
import type { Awaited, Saga } from '../domain/saga-state.ts';

/** What a saga's timer carries: what it waits for, or which compensation failed for good. */
export interface TimerData {
  awaited?: Awaited[];
  parked?: ParkedSaga;
  /** Of the message that set it: what it leads to belongs to the same trace. */
  traceparent?: string;
}

export interface ParkedSaga { orderId: string; step: string; detail: string; /** Epoch milliseconds. */ since: number }

interface Context {
  orderId: string;
  now: number;
  stepTimeoutMs: number;
  reminderMs: number;
  traceparent: string | undefined;
  /** Data of the timer that went off, if one did. */
  before: TimerData | undefined;
}

/** The change of timers to commit. A saga has one timer, whose id is its order's. */
export function timerOf(change: TimerChange, after: Saga, context: Context): NonNullable<Act['timers']> {
  const { orderId, now, stepTimeoutMs, reminderMs } = context;
  const traceparent = context.traceparent === undefined ? {} : { traceparent: context.traceparent };
  switch (change.type) {
    case 'await': {
      const data: TimerData = { awaited: change.awaited, ...traceparent };
      return { set: [{ id: orderId, dueAt: now + patience(change.awaited, stepTimeoutMs), data }] };
    }
    case 'remind': {
      const data: TimerData = { parked: parkedSaga(after, context), ...traceparent };
      return { set: [{ id: orderId, dueAt: now + reminderMs, data }] };
    }
    case 'clear':
      return { clear: [orderId] };
  }
}

function parkedSaga(saga: Saga, { orderId, now, before }: Context): ParkedSaga {
  const [step = 'unknown', detail = ''] = saga.status === 'parked' ? [saga.steps[0], saga.detail] : [];
  return { orderId, step, detail, since: before?.parked?.since ?? now };
}
