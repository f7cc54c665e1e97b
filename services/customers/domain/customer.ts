import type { CommandOf } from '@tradewind/events/commands/catalogue.ts';
import { Refusal, type Decider } from '@tradewind/events/decider.ts';
import type { CustomerEvent, FactOf } from '@tradewind/events/facts/catalogue.ts';
import type { Money } from '@tradewind/events/money.ts';

export type CustomerCommand =
  | { type: 'RegisterCustomer'; data: { customerId: string; name: string; creditLimit: Money } }
  | { type: 'ChangeCreditLimit'; data: { customerId: string; creditLimit: Money } }
  | CommandOf<'ReserveCredit' | 'ReleaseCredit' | 'UseCredit'>;

type Credit = CommandOf<'ReserveCredit'>['data'];
type Rejection = FactOf<'CreditRejected'>['data']['reason'];

/**
 * Credit of one customer: limit = available + reserved + used, in minor units of one currency. `reserved`
 * holds open orders only. `barred` are orders whose release came before their reservation, which is
 * still to come and will be refused; a customer that nobody registered can have those too.
 */
export type Customer = { barred: string[] } & (
  | { status: 'absent' }
  | { status: 'registered'; name: string; currency: string; limit: number; reserved: Reservation[]; used: number }
);
interface Reservation { orderId: string; amount: number }

type Registered = Extract<Customer, { status: 'registered' }>;

export const customer: Decider<CustomerCommand, CustomerEvent, Customer> = {
  decide, evolve, initial: { status: 'absent', barred: [] },
};

/** @throws Refusal `customer-exists` · `customer-unknown` · `currency-mismatch` · `credit-limit-too-low`; never on a message. */
function decide(command: CustomerCommand, state: Customer): CustomerEvent[] {
  switch (command.type) {
    case 'RegisterCustomer':
      if (state.status === 'registered') throw new Refusal('customer-exists', 'This customer is registered already.');
      return [{ type: 'CustomerRegistered', data: command.data }];
    case 'ChangeCreditLimit':
      if (state.status === 'absent') throw new Refusal('customer-unknown', 'There is no such customer.');
      return changeLimit(command.data, state);
    case 'ReserveCredit':
      return reserve(command.data, state);
    case 'ReleaseCredit':
      return release(command.data, state);
    case 'UseCredit':
      return use(command.data, state);
  }
}

function changeLimit(data: { customerId: string; creditLimit: Money }, state: Registered): CustomerEvent[] {
  const { amount, currency } = data.creditLimit;
  if (currency !== state.currency) throw new Refusal('currency-mismatch', `This customer's credit is in ${state.currency}.`);
  const taken = reservedOf(state) + state.used;
  if (amount < taken) throw new Refusal('credit-limit-too-low', `${taken} is reserved or used already.`);
  return amount === state.limit ? [] : [{ type: 'CreditLimitChanged', data }];
}

function reserve(credit: Credit, state: Customer): CustomerEvent[] {
  const reject = (reason: Rejection): CustomerEvent[] => [{ type: 'CreditRejected', data: { ...credit, reason } }];
  if (state.barred.includes(credit.orderId)) return reject('released-before-reserved');
  if (state.status === 'absent') return reject('customer-unknown');
  if (reservationOf(credit.orderId, state)) return [];
  if (credit.amount.currency !== state.currency) return reject('currency-mismatch');
  if (credit.amount.amount > availableOf(state)) return reject('credit-insufficient');
  return [{ type: 'CreditReserved', data: credit }];
}

/** Always answers, since the saga waits: an order with nothing reserved gives back 0, and is barred. */
function release(credit: Credit, state: Customer): CustomerEvent[] {
  const { orderId, customerId } = credit;
  if (state.barred.includes(orderId)) return [];
  const amount = reservationOf(orderId, state)?.amount ?? 0;
  const currency = amount > 0 && state.status === 'registered' ? state.currency : credit.amount.currency;
  return [{ type: 'CreditReleased', data: { customerId, orderId, amount: { amount, currency } } }];
}

function use({ orderId, customerId }: Credit, state: Customer): CustomerEvent[] {
  const open = reservationOf(orderId, state);
  if (!open || state.status === 'absent') return [];
  return [{ type: 'CreditUsed', data: { customerId, orderId, amount: { amount: open.amount, currency: state.currency } } }];
}

function evolve(state: Customer, event: CustomerEvent): Customer {
  switch (event.type) {
    case 'CustomerRegistered': {
      const { name, creditLimit: { amount, currency } } = event.data;
      return { status: 'registered', name, currency, limit: amount, reserved: [], used: 0, barred: state.barred };
    }
    case 'CreditRejected':
      return { ...state, barred: state.barred.filter((each) => each !== event.data.orderId) };
    case 'CreditReleased':
      return reservationOf(event.data.orderId, state) ? closed(event.data.orderId, state)
        : { ...state, barred: [...state.barred, event.data.orderId] };
    default:
      return state.status === 'registered' ? evolveCredit(state, event) : state;
  }
}

function evolveCredit(state: Registered, event: FactOf<'CreditLimitChanged' | 'CreditReserved' | 'CreditUsed'>): Customer {
  switch (event.type) {
    case 'CreditLimitChanged':
      return { ...state, limit: event.data.creditLimit.amount };
    case 'CreditReserved':
      return { ...state, reserved: [...state.reserved, { orderId: event.data.orderId, amount: event.data.amount.amount }] };
    case 'CreditUsed':
      return closed(event.data.orderId, { ...state, used: state.used + event.data.amount.amount });
  }
}

function closed(orderId: string, state: Customer): Customer {
  return state.status === 'absent' ? state
    : { ...state, reserved: state.reserved.filter((each) => each.orderId !== orderId) };
}

function reservationOf(orderId: string, state: Customer): Reservation | undefined {
  return state.status === 'absent' ? undefined : state.reserved.find((each) => each.orderId === orderId);
}

/** Minor units set aside for open orders. */
export function reservedOf(state: Registered): number {
  return state.reserved.reduce((sum, each) => sum + each.amount, 0);
}

/** Minor units that can still be reserved. */
export function availableOf(state: Registered): number {
  return state.limit - reservedOf(state) - state.used;
}
