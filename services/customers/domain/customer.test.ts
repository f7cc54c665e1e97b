import { expect, test } from '@jest/globals';
import { fold, Refusal } from '@tradewind/events/decider.ts';
import type { CustomerEvent } from '@tradewind/events/facts/catalogue.ts';
import fc from 'fast-check';
import { availableOf, customer, reservedOf, type Customer, type CustomerCommand } from './customer.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const register = (limit: number): CustomerCommand =>
  ({ type: 'RegisterCustomer', data: { customerId: 'ada', name: 'Ada', creditLimit: eur(limit) } });
const credit = (type: 'ReserveCredit' | 'ReleaseCredit' | 'UseCredit', orderId: string, amount: number): CustomerCommand =>
  ({ type, data: { customerId: 'ada', orderId, amount: eur(amount) } });
const changeLimit = (limit: number): CustomerCommand =>
  ({ type: 'ChangeCreditLimit', data: { customerId: 'ada', creditLimit: eur(limit) } });

interface Story { state: Customer; events: CustomerEvent[]; refusals: string[] }

/** Plays commands one after another, each decided on what the ones before made. */
function play(commands: CustomerCommand[]): Story {
  return commands.reduce<Story>((story, command) => {
    try {
      const events = customer.decide(command, story.state);
      return { ...story, state: fold(customer, events, story.state), events: [...story.events, ...events] };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { ...story, refusals: [...story.refusals, error.code] };
    }
  }, { state: customer.initial, events: [], refusals: [] });
}

const names = (story: Story) => story.events.map((event) => event.type);
const last = (story: Story) => story.events.at(-1);

test('credit is reserved, used and released, and the rest stays available', () => {
  const { state } = play([
    register(100), credit('ReserveCredit', 'one', 30), credit('ReserveCredit', 'two', 20),
    credit('UseCredit', 'one', 30), credit('ReleaseCredit', 'two', 20),
  ]);
  expect(state).toEqual({ status: 'registered', name: 'Ada', currency: 'EUR', limit: 100, reserved: [], used: 30, barred: [] });
});

test('credit that is not there is rejected, with the reason', () => {
  expect(last(play([register(100), credit('ReserveCredit', 'one', 101)]))).toMatchObject({ type: 'CreditRejected', data: { reason: 'credit-insufficient' } });
  expect(last(play([credit('ReserveCredit', 'one', 1)]))).toMatchObject({ type: 'CreditRejected', data: { reason: 'customer-unknown' } });
  const dollars: CustomerCommand = { type: 'ReserveCredit', data: { customerId: 'ada', orderId: 'one', amount: { amount: 1, currency: 'USD' } } };
  expect(last(play([register(100), dollars]))).toMatchObject({ type: 'CreditRejected', data: { reason: 'currency-mismatch' } });
});

test('exactly what is available can be reserved', () => {
  expect(names(play([register(100), credit('ReserveCredit', 'one', 100)]))).toContain('CreditReserved');
});

test('a release that comes before its reservation answers at once and bars it', () => {
  const story = play([register(100), credit('ReleaseCredit', 'one', 30), credit('ReleaseCredit', 'one', 30), credit('ReserveCredit', 'one', 30)]);
  expect(story.events.slice(1)).toEqual([
    { type: 'CreditReleased', data: { customerId: 'ada', orderId: 'one', amount: eur(0) } },
    { type: 'CreditRejected', data: { customerId: 'ada', orderId: 'one', amount: eur(30), reason: 'released-before-reserved' } },
  ]);
  expect(story.state.barred).toEqual([]);
});

test('a barred order stays barred when its customer is registered in between', () => {
  const story = play([credit('ReleaseCredit', 'one', 30), register(100), credit('ReserveCredit', 'one', 30)]);
  expect(last(story)).toMatchObject({ type: 'CreditRejected', data: { reason: 'released-before-reserved' } });
});

test('using credit that was never reserved does nothing', () => {
  expect(names(play([register(100), credit('UseCredit', 'one', 30)]))).toEqual(['CustomerRegistered']);
});

test('a limit cannot fall below what is reserved and used, nor change its currency', () => {
  const story = play([
    register(100), credit('ReserveCredit', 'one', 30), credit('ReserveCredit', 'two', 20), credit('UseCredit', 'one', 30),
    changeLimit(49), changeLimit(50), changeLimit(50),
    { type: 'ChangeCreditLimit', data: { customerId: 'ada', creditLimit: { amount: 500, currency: 'USD' } } },
  ]);
  expect(story.refusals).toEqual(['credit-limit-too-low', 'currency-mismatch']);
  expect(names(story).filter((name) => name === 'CreditLimitChanged')).toHaveLength(1);
});

test('a customer is registered once, and a limit needs a customer', () => {
  expect(play([changeLimit(5), register(1), register(2)]).refusals).toEqual(['customer-unknown', 'customer-exists']);
});

test('an order named like a property of every object is an order like any other', () => {
  expect(names(play([register(100), credit('ReserveCredit', '__proto__', 30), credit('ReserveCredit', 'constructor', 30)])))
    .toEqual(['CustomerRegistered', 'CreditReserved', 'CreditReserved']);
});

const anyCommand: fc.Arbitrary<CustomerCommand> = fc.oneof(
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 60 }).map(register) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 60 }).map(changeLimit) },
  {
    weight: 12,
    arbitrary: fc.tuple(
      fc.constantFrom('ReserveCredit' as const, 'ReleaseCredit' as const, 'UseCredit' as const),
      fc.constantFrom('one', 'two', 'three', 'four'), fc.integer({ min: 0, max: 30 }),
    ).map(([type, order, amount]) => credit(type, order, amount)),
  },
);
const anyCommands = fc.array(anyCommand, { maxLength: 40 });

test('no commands, in any order and with repeats, break limit = available + reserved + used', () => {
  fc.assert(fc.property(anyCommands, (commands) => {
    const { state, events } = play(commands);
    const sum = (type: CustomerEvent['type']) => events.reduce((total, event) =>
      event.type === type && 'amount' in event.data ? total + event.data.amount.amount : total, 0);
    if (state.status === 'absent') return expect(events.every((event) => ['CreditRejected', 'CreditReleased'].includes(event.type))).toBe(true);
    expect(availableOf(state)).toBeGreaterThanOrEqual(0);
    expect(state.used).toBe(sum('CreditUsed'));
    expect(reservedOf(state)).toBe(sum('CreditReserved') - sum('CreditUsed') - sum('CreditReleased'));
    expect(availableOf(state) + reservedOf(state) + state.used).toBe(state.limit);
  }), { numRuns: 300 });
});

test('a command that moved credit moves none when it comes again', () => {
  const moves = (event: CustomerEvent) => ['CreditReserved', 'CreditReleased', 'CreditUsed'].includes(event.type)
    && 'amount' in event.data && event.data.amount.amount > 0;
  fc.assert(fc.property(anyCommands, anyCommand, (before, command) => {
    const [earlier, once, twice] = [before, [...before, command], [...before, command, command]].map(play) as [Story, Story, Story];
    fc.pre(once.events.slice(earlier.events.length).some(moves));
    expect(twice.events.slice(once.events.length).some(moves)).toBe(false);
  }), { numRuns: 200 });
});

test('a state survives being kept as JSON', () => {
  fc.assert(fc.property(anyCommands, anyCommand, (before, command) => {
    const earlier = play(before);
    const later = play([...before, command]);
    const kept = JSON.parse(JSON.stringify(earlier.state)) as Customer;
    expect(fold(customer, later.events.slice(earlier.events.length), kept)).toEqual(later.state);
  }), { numRuns: 100 });
});
