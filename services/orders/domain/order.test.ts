import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fold, Refusal } from '@tradewind/events/decider.ts';
import { facts, type OrderEvent } from '@tradewind/events/facts/catalogue.ts';
import { order, type Order, type OrderCommand } from './order.ts';

const line = (productId: string, quantity = 1, amount = 500, currency = 'EUR') =>
  ({ productId, quantity, unitPrice: { amount, currency } });

const place = (...lines: ReturnType<typeof line>[]): OrderCommand =>
  ({ type: 'PlaceOrder', data: { orderId: 'o1', customerId: 'c1', paymentMethod: 'card-visa', lines } });

const after = (...commands: OrderCommand[]): Order =>
  commands.reduce((state, command) => fold(order, order.decide(command, state), state), order.initial);

const confirm: OrderCommand = { type: 'ConfirmOrder' };
const cancel: OrderCommand = { type: 'CancelOrder', reason: 'requested-by-customer' };

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

test('an order is placed with its total in minor units', () => {
  expect(order.decide(place(line('p1', 3, 499), line('p2', 2, 1)), order.initial)).toEqual([{
    type: 'OrderPlaced',
    data: {
      orderId: 'o1', customerId: 'c1', paymentMethod: 'card-visa', lines: [line('p1', 3, 499), line('p2', 2, 1)],
      total: { amount: 1499, currency: 'EUR' },
    },
  }]);
});

test.each([
  ['lines-out-of-range', place()],
  ['lines-out-of-range', place(...Array.from({ length: 16 }, (_, at) => line(`p${at}`)))],
  ['product-repeated', place(line('p1'), line('p2'), line('p1'))],
  ['currency-mixed', place(line('p1'), line('p2', 1, 500, 'USD'))],
  ['order-too-large', place(line('p1', 9000, 1_000_000), line('p2', 1, 1))],
  ['order-unknown', confirm],
  ['order-unknown', cancel],
])('%s is refused on an absent order', (code, command) => {
  expect(codeOf(() => order.decide(command, order.initial))).toBe(code);
});

test('the largest total and fifteen lines are accepted', () => {
  expect(order.decide(place(line('p1', 9000, 1_000_000)), order.initial)).toHaveLength(1);
  expect(order.decide(place(...Array.from({ length: 15 }, (_, at) => line(`p${at}`))), order.initial)).toHaveLength(1);
});

test('a placed order is confirmed or cancelled, once', () => {
  expect(order.decide(confirm, after(place(line('p1', 2))))).toEqual([
    { type: 'OrderConfirmed', data: { orderId: 'o1', customerId: 'c1', total: { amount: 1000, currency: 'EUR' } } }]);
  expect(order.decide({ ...cancel, detail: 'changed my mind' }, after(place(line('p1'))))).toEqual([
    { type: 'OrderCancelled', data: { orderId: 'o1', customerId: 'c1', reason: 'requested-by-customer', detail: 'changed my mind' } }]);
  expect(order.decide(confirm, after(place(line('p1')), confirm))).toEqual([]);
  expect(order.decide(cancel, after(place(line('p1')), cancel))).toEqual([]);
});

test('a confirmed order is not cancelled, a cancelled one not confirmed, and neither is placed again', () => {
  expect(codeOf(() => order.decide(cancel, after(place(line('p1')), confirm)))).toBe('order-already-confirmed');
  expect(codeOf(() => order.decide(confirm, after(place(line('p1')), cancel)))).toBe('order-already-cancelled');
  for (const last of [[], [confirm], [cancel]])
    expect(codeOf(() => order.decide(place(line('p1')), after(place(line('p1')), ...last)))).toBe('order-exists');
});

const someLine = fc.record({
  productId: fc.constantFrom('p1', 'p2', 'p3', 'p4'), quantity: fc.integer({ min: 1, max: 10_000 }),
  unitPrice: fc.record({ amount: fc.integer({ min: 0, max: 9_000_000_000 }), currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'USD') }),
});
const someCommand: fc.Arbitrary<OrderCommand> = fc.oneof(
  fc.array(someLine, { maxLength: 17 }).map((lines) => place(...lines)),
  fc.constant(confirm), fc.constant(cancel),
);

test('no sequence of commands ends an order twice, and every event fits its schema', () => {
  fc.assert(fc.property(fc.array(someCommand, { maxLength: 12 }), (commands) => {
    let state = order.initial;
    const events: OrderEvent[] = [];
    for (const command of commands) {
      const code = codeOf(() => {
        const made = order.decide(command, state);
        events.push(...made);
        state = fold(order, made, state);
      });
      if (code) expect(code).toMatch(/^[a-z-]+$/);
    }
    for (const event of events) expect(facts[event.type].schema.safeParse(event.data).success).toBe(true);
    expect(events.filter((each) => each.type === 'OrderPlaced').length).toBeLessThanOrEqual(1);
    expect(events.filter((each) => each.type !== 'OrderPlaced').length).toBeLessThanOrEqual(1);
    expect(fold(order, events)).toEqual(state);
  }), { numRuns: 300 });
});

test('evolve ignores events that do not follow', () => {
  const done = after(place(line('p1')), confirm);
  const [cancelled] = order.decide(cancel, after(place(line('p1'))));
  expect(order.evolve(done, cancelled!)).toBe(done);
  expect(order.evolve(order.initial, cancelled!)).toBe(order.initial);
});
