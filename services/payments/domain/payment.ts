import type { Decider } from '@tradewind/events/decider.ts';
import type { FactOf, PaymentEvent } from '@tradewind/events/facts/catalogue.ts';
import type { Money } from '@tradewind/events/money.ts';

/** What the provider said of a charge. `closed`: a refund came first, so this key is never charged. */
export type ChargeResult =
  | { status: 'taken'; reference: string }
  | { status: 'declined' }
  | { status: 'closed' };

/** What the provider said of a refund. `nothing-taken`: and never will be under this key. */
export type RefundResult =
  | { status: 'refunded'; amount: Money; reference: string }
  | { status: 'nothing-taken' }
  | { status: 'refused'; detail: string };

/** A command together with what the provider answered to it. */
export type PaymentCommand =
  | { type: 'TakePayment'; data: { orderId: string; amount: Money; result: ChargeResult } }
  | { type: 'RefundPayment'; data: { orderId: string; result: RefundResult } };

/** What became of an order's payment. `barred`: its refund came first, and the charge is still to come. */
export type Payment =
  | { status: 'absent' }
  | { status: 'taken'; amount: Money; reference: string }
  | { status: 'declined'; amount: Money }
  | { status: 'barred' }
  | { status: 'refunded'; amount: Money; reference?: string };

export const payment: Decider<PaymentCommand, PaymentEvent, Payment> = { decide, evolve, initial: { status: 'absent' } };

/** Currency of an amount of nothing, where no charge has told the currency: ISO 4217's "no currency". */
const NOTHING: Money = { amount: 0, currency: 'XXX' };

/** Whether the provider has a say; in any other state the answer follows from what is known. */
export function asksProvider(type: PaymentCommand['type'], { status }: Payment): boolean {
  return status === 'absent' || (type === 'RefundPayment' && status === 'taken');
}

function decide(command: PaymentCommand, state: Payment): PaymentEvent[] {
  return command.type === 'TakePayment' ? take(command.data, state) : refund(command.data, state);
}

function take(
  { orderId, amount, result }: { orderId: string; amount: Money; result: ChargeResult }, state: Payment,
): PaymentEvent[] {
  const decline = (reason: FactOf<'PaymentDeclined'>['data']['reason']): PaymentEvent[] =>
    [{ type: 'PaymentDeclined', data: { orderId, amount, reason } }];
  if (state.status === 'barred') return decline('refunded-before-taken');
  if (state.status !== 'absent') return [];
  switch (result.status) {
    case 'taken': return [taken(orderId, amount, result.reference)];
    case 'declined': return decline('card-declined');
    case 'closed': return decline('refunded-before-taken');
  }
}

/** Always answers, since the saga waits: where nothing was taken it gives back 0. */
function refund({ orderId, result }: { orderId: string; result: RefundResult }, state: Payment): PaymentEvent[] {
  switch (state.status) {
    case 'absent':
      // The charge's own handler may have stopped, or still be waiting, between the provider and the store.
      return result.status === 'refunded' ? [taken(orderId, result.amount, result.reference), refunded(orderId, result)]
        : nothingTaken(orderId, result);
    case 'taken':
      return result.status === 'refunded' ? [refunded(orderId, result)]
        : [failed(orderId, result.status === 'refused' ? result.detail : 'The provider knows of no such charge.')];
    case 'declined':
      return [{ type: 'PaymentRefunded', data: { orderId, amount: { ...state.amount, amount: 0 } } }];
    default:
      return [];
  }
}

function nothingTaken(orderId: string, result: Exclude<RefundResult, { status: 'refunded' }>): PaymentEvent[] {
  return result.status === 'refused' ? [failed(orderId, result.detail)]
    : [{ type: 'PaymentRefunded', data: { orderId, amount: NOTHING } }];
}

function taken(orderId: string, amount: Money, providerReference: string): PaymentEvent {
  return { type: 'PaymentTaken', data: { orderId, amount, providerReference } };
}

function refunded(orderId: string, { amount, reference }: { amount: Money; reference: string }): PaymentEvent {
  return { type: 'PaymentRefunded', data: { orderId, amount, providerReference: reference } };
}

function failed(orderId: string, detail: string): PaymentEvent {
  return { type: 'RefundFailed', data: { orderId, detail: detail.slice(0, 500) } };
}

function evolve(state: Payment, event: PaymentEvent): Payment {
  switch (event.type) {
    case 'PaymentTaken':
      return { status: 'taken', amount: event.data.amount, reference: event.data.providerReference };
    case 'PaymentDeclined':
      return state.status === 'barred' ? { status: 'refunded', amount: { ...event.data.amount, amount: 0 } }
        : { status: 'declined', amount: event.data.amount };
    case 'PaymentRefunded': {
      if (state.status === 'absent') return { status: 'barred' };
      const { amount, providerReference } = event.data;
      return { status: 'refunded', amount, ...(providerReference !== undefined && { reference: providerReference }) };
    }
    case 'RefundFailed':
      return state;
  }
}
