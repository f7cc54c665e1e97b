import { fold } from '@tradewind/events/decider.ts';
import type { OrderEvent, SagaEvent } from '@tradewind/events/facts/catalogue.ts';
import { order, type Order, type OrderCommand } from './order.ts';
import { saga, type SagaInput } from './saga.ts';
import { awaited, type Awaited, type Saga } from './saga-state.ts';
import { commandOf, securing, type Step } from './steps.ts';

/** All that follows from one input: to be committed together, or not at all. */
export interface Move {
  events: SagaEvent[];
  after: Saga;
  /** Commands to send, in this order. */
  commands: StepCommand[];
  /** What happens to the order itself in the same append. */
  order?: Exclude<OrderCommand, { type: 'PlaceOrder' }>;
  timer?: TimerChange;
}

export interface StepCommand extends ReturnType<typeof commandOf> { id: string; step: Step }

/** A saga has one timer: it waits for answers, or reminds of a parked saga. Unchanged where a move names none. */
export type TimerChange = { type: 'await'; awaited: Awaited[] } | { type: 'remind' } | { type: 'clear' };

/** Decides, and works out what must be done about it. @throws Refusal as `saga.decide` */
export function move(input: SagaInput, before: Saga): Move {
  const events = saga.decide(input, before);
  const after = fold(saga, events, before);
  const command = orderCommand(events, input, before);
  const timer = timerChange(before, after) ?? (input.type === 'timeout' ? leftOver(after) : undefined);
  return { events, after, commands: toSend(before, after), ...(command && { order: command }), ...(timer && { timer }) };
}

/** What a move makes of the order; nothing where it has ended already. */
export function orderEvents(command: Move['order'], state: Order): OrderEvent[] {
  return command && state.status === 'placed' ? order.decide(command, state) : [];
}

function toSend(before: Saga, after: Saga): StepCommand[] {
  if (!('terms' in after)) return [];
  const { terms } = after;
  return newlyAwaited(before, after).map(({ step, commandId }) => ({ id: commandId, step, ...commandOf(step, terms) }));
}

function newlyAwaited(before: Saga, after: Saga): Awaited[] {
  const known = awaited(before);
  return awaited(after).filter((each) => !known.some((other) => other.commandId === each.commandId && other.attempt === each.attempt));
}

function timerChange(before: Saga, after: Saga): TimerChange | undefined {
  if (newlyAwaited(before, after).length > 0) return { type: 'await', awaited: awaited(after) };
  if (after.status === 'parked' && before.status !== 'parked') return { type: 'remind' };
  return after.status === 'ended' && before.status !== 'ended' ? { type: 'clear' } : undefined;
}

/** A timer that went off to no effect must not stay due, unless a later one has taken its place. */
function leftOver(saga: Saga): TimerChange | undefined {
  if (saga.status === 'parked') return { type: 'remind' };
  return awaited(saga).length === 0 ? { type: 'clear' } : undefined;
}

function orderCommand(events: SagaEvent[], input: SagaInput, before: Saga): Move['order'] {
  for (const event of events) {
    if (event.type === 'SagaStepDone' && event.data.step === 'take-payment') return { type: 'ConfirmOrder' };
    if (event.type === 'SagaCompensating' && input.type !== 'order-cancelled') {
      const detail = detailOf(input, before);
      return { type: 'CancelOrder', reason: event.data.reason, ...(detail !== undefined && { detail }) };
    }
  }
  return undefined;
}

function detailOf(input: SagaInput, before: Saga): string | undefined {
  if (input.type === 'answer') return input.detail;
  return input.type === 'timeout' && before.status === 'running' ? `${before.step}: no answer to ${before.attempt} attempts` : undefined;
}

/** Longest wait for an answer before the step is asked for again. */
const LONGEST_WAIT_MS = 300_000;

/** Milliseconds to wait for an answer: the same for a step that may time out, ever longer for one that must be done. */
export function patience(waitingFor: Awaited[], stepTimeoutMs: number): number {
  if (waitingFor.every(({ step }) => (securing as readonly Step[]).includes(step))) return stepTimeoutMs;
  const attempt = Math.max(...waitingFor.map((each) => each.attempt));
  return Math.min(stepTimeoutMs * 2 ** (attempt - 1), Math.max(LONGEST_WAIT_MS, stepTimeoutMs));
}
