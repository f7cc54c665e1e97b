import { expect, test } from '@jest/globals';
import { stream } from '@tradewind/events/ids.ts';
import { check } from '../check.ts';
import { append, smallRun, THEN, type Run } from '../contract/run.ts';
import { sourcesOf } from '../contract/run-sources.ts';
import { storeNames } from '../facts.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });

interface Break {
  what: string;
  how: (run: Run) => void;
  /** All invariants that this breaks, each with the first it names. */
  broken: Record<string, string>;
}

const breaks: Break[] = [
  {
    what: 'an event in the middle of a stream is gone', how: (run) => drop(run, 'customer-c-1:2', 'store'),
    broken: { 'streams-gap-free': 'customer-c-1', 'log-holds-every-event': 'customer-c-1' },
  },
  {
    what: 'an event is there twice', how: (run) => { const { events } = run.stores.payments; events.push(events[0]!); },
    broken: { 'streams-gap-free': 'payment-o-sold', 'log-holds-every-event': 'payment-o-sold', 'payments-match-orders': 'o-sold', 'provider-book-agrees': 'o-sold' },
  },
  {
    what: 'an event is of a type that no schema knows', how: (run) => { find(run, 'customer-c-1:2').type = 'tradewind.customer.eaten.v1'; },
    broken: { 'streams-gap-free': 'customer-c-1', 'log-holds-every-event': 'customer-c-1' },
  },
  {
    what: 'the log lacks an event', how: (run) => drop(run, 'payment-o-sold:1', 'log'),
    broken: { 'log-holds-every-event': 'payment-o-sold' },
  },
  {
    what: 'two events of a stream came into the log the wrong way round',
    how: (run) => { const { payments } = run.log; payments.push(payments.splice(1, 1)[0]!); },
    broken: { 'log-holds-every-event': 'payment-o-late' },
  },
  {
    what: 'the log has other content than the store', how: (run) => { logged(run, 'product-tea:2').data = { productId: 'tea', quantity: 99 }; },
    broken: { 'log-holds-every-event': 'product-tea' },
  },
  {
    what: 'the log has an event that no store committed', how: (run) => drop(run, 'saga-o-flying:1', 'store'),
    broken: { 'log-holds-every-event': 'saga-o-flying' },
  },
  {
    what: 'an acknowledged order is gone',
    how: (run) => { never(run, 'order-o-flying:1', 'saga-o-flying:1', 'customer-c-1:9'); run.history.pop(); },
    broken: { 'acknowledged-orders-exist': 'o-flying' },
  },
  {
    what: 'something was done for an order that was never placed',
    how: (run) => append(run, 'payments', stream.payment('o-ghost'), [{ type: 'PaymentDeclined', data: { orderId: 'o-ghost', amount: eur(1), reason: 'card-declined' } }]),
    broken: { 'effects-have-an-order': 'o-ghost' },
  },
  {
    what: "a limit fell below what is reserved",
    how: (run) => append(run, 'customers', stream.customer('c-1'), [{ type: 'CreditLimitChanged', data: { customerId: 'c-1', creditLimit: eur(100) } }]),
    broken: { 'credit-adds-up': 'customer-c-1' },
  },
  {
    what: 'more credit was released than reserved', how: (run) => change(run, 'customer-c-1:6', { amount: eur(22_501) }),
    broken: { 'credit-adds-up': 'customer-c-1', 'cancelled-orders-hold-nothing': 'o-short' },
  },
  {
    what: 'credit in another currency was used', how: (run) => change(run, 'customer-c-1:4', { amount: { amount: 3_000, currency: 'USD' } }),
    broken: { 'credit-adds-up': 'customer-c-1', 'confirmed-orders-used-and-sold': 'o-sold' },
  },
  {
    what: 'more was sold than received', how: (run) => change(run, 'product-rum:2', { quantity: 2 }),
    broken: { 'stock-adds-up': 'product-rum' },
  },
  {
    what: "a product's share is not what was reserved", how: (run) => change(run, 'product-tea:3', { quantity: 3 }),
    broken: { 'reservations-match-products': 'reservation-o-sold' },
  },
  {
    what: 'an order was both confirmed and cancelled',
    how: (run) => {
      append(run, 'orders', stream.order('o-sold'), [{ type: 'OrderCancelled', data: { orderId: 'o-sold', customerId: 'c-1', reason: 'requested-by-customer' } }]);
      Object.assign(run.history[0]!, { status: 'cancelled', version: 3 });
    },
    broken: { 'sagas-end': 'o-sold' },
  },
  {
    what: 'a saga ended otherwise than its order', how: (run) => change(run, 'saga-o-short:2', { outcome: 'confirmed' }),
    broken: { 'sagas-end': 'o-short', 'confirmed-orders-used-and-sold': 'o-short', 'payments-match-orders': 'o-short', 'notifications-match': 'o-short' },
  },
  {
    what: 'a saga ended twice', how: (run) => append(run, 'orders', stream.saga('o-sold'), [{ type: 'SagaEnded', data: { orderId: 'o-sold', outcome: 'confirmed' } }]),
    broken: { 'sagas-end': 'o-sold' },
  },
  {
    what: "a confirmed order's credit is still reserved", how: (run) => never(run, 'customer-c-1:4'),
    broken: { 'confirmed-orders-used-and-sold': 'o-sold' },
  },
  {
    what: 'a confirmed order was sold something else',
    how: (run) => { change(run, 'reservation-o-sold:2', { lines: [{ productId: 'tea', quantity: 2 }] }); never(run, 'product-rum:4'); },
    broken: { 'confirmed-orders-used-and-sold': 'o-sold' },
  },
  {
    what: 'a cancelled order still holds credit', how: (run) => never(run, 'customer-c-1:8'),
    broken: { 'cancelled-orders-hold-nothing': 'o-late' },
  },
  {
    what: 'a cancelled order still holds stock', how: (run) => never(run, 'reservation-o-late:2', 'product-tea:6', 'product-rum:6'),
    broken: { 'cancelled-orders-hold-nothing': 'o-late' },
  },
  {
    what: 'a cancelled order is still charged', how: (run) => { never(run, 'payment-o-late:2'); run.book[1]!.refunds = 0; },
    broken: { 'cancelled-orders-hold-nothing': 'o-late', 'payments-match-orders': 'payments' },
  },
  {
    what: 'a confirmed order was paid less than its total', how: (run) => { change(run, 'payment-o-sold:1', { amount: eur(2_999) }); run.book[0]!.amount = eur(2_999); },
    broken: { 'payments-match-orders': 'o-sold' },
  },
  {
    what: 'a confirmed order was never paid', how: (run) => { never(run, 'payment-o-sold:1'); run.book.shift(); },
    broken: { 'payments-match-orders': 'o-sold' },
  },
  {
    what: 'the provider charged an order twice', how: (run) => { run.book[0]!.charges = 2; },
    broken: { 'provider-book-agrees': 'o-sold' },
  },
  {
    what: 'the provider charged an order under two keys', how: (run) => { run.book.push(run.book[0]!); },
    broken: { 'provider-book-agrees': 'o-sold' },
  },
  {
    what: 'the provider never gave the money back', how: (run) => { run.book[1]!.refunds = 0; },
    broken: { 'provider-book-agrees': 'o-late' },
  },
  {
    what: 'a row of order-history says another status', how: (run) => { run.history[0]!.status = 'placed'; },
    broken: { 'order-history-equals-log': 'o-sold' },
  },
  {
    what: 'a row of order-history is at another version', how: (run) => { run.history[1]!.version = 1; },
    broken: { 'order-history-equals-log': 'o-short' },
  },
  {
    what: 'a row of order-history has another total', how: (run) => { run.history[2]!.total = eur(1); },
    broken: { 'order-history-equals-log': 'o-late' },
  },
  {
    what: 'a row of order-history is missing', how: (run) => { run.history.shift(); },
    broken: { 'order-history-equals-log': 'o-sold' },
  },
  {
    what: 'a customer was not told', how: (run) => { run.notifications.shift(); },
    broken: { 'notifications-match': 'o-sold' },
  },
  {
    what: 'a customer was told twice', how: (run) => { run.notifications.push(run.notifications[0]!); },
    broken: { 'notifications-match': 'o-sold' },
  },
  {
    what: 'a customer was told something else', how: (run) => { run.notifications[0]!.kind = 'order-cancelled'; },
    broken: { 'notifications-match': 'o-sold' },
  },
];

test.each(breaks)('$what', async ({ how, broken }) => {
  const run = smallRun();
  how(run);
  const { invariants } = await check(sourcesOf(run), { now: THEN + 3_600_000 });
  const found = invariants.filter((each) => !each.holds).map(({ name, breaches }) => [name, breaches.first[0]?.subject]);
  expect(Object.fromEntries(found)).toEqual(broken);
});

test('every invariant is broken by one of these', async () => {
  const { invariants } = await check(sourcesOf(smallRun()), { now: THEN });
  const broken = new Set(breaks.flatMap((each) => Object.keys(each.broken)));
  expect(invariants.map((each) => each.name).filter((name) => !broken.has(name))).toEqual([]);
});

function find(run: Run, id: string) {
  return storeNames.flatMap((name) => run.stores[name].events).find((event) => event.id === id)!;
}

function logged(run: Run, id: string) {
  return storeNames.flatMap((name) => run.log[name]).find((event) => event.id === id)!;
}

function change(run: Run, id: string, data: Record<string, unknown>): void {
  for (const event of [find(run, id), logged(run, id)]) event.data = { ...event.data as object, ...data };
}

/** Loses an event on one side. */
function drop(run: Run, id: string, from: 'store' | 'log'): void {
  for (const name of storeNames)
    if (from === 'store') run.stores[name].events = run.stores[name].events.filter((event) => event.id !== id);
    else run.log[name] = run.log[name].filter((event) => event.id !== id);
}

/** As if these events had never happened. */
function never(run: Run, ...ids: string[]): void {
  for (const id of ids) {
    const { subject, streamversion } = find(run, id);
    drop(run, id, 'store');
    drop(run, id, 'log');
    for (const event of storeNames.flatMap((name) => [...run.stores[name].events, ...run.log[name]]))
      if (event.subject === subject && event.streamversion! > streamversion!) event.streamversion! -= 1;
  }
}
