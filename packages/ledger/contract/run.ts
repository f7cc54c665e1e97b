import { encodeCommand, encodeFact } from '@tradewind/events/codec.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import type { Fact } from '@tradewind/events/facts/catalogue.ts';
import { stream } from '@tradewind/events/ids.ts';
import type { Money } from '@tradewind/events/money.ts';
import type { BookEntry, NotificationRow, OrderHistoryRow, StoreName } from '../facts.ts';

/** A small run of the platform as its stores, its log and what was made of it hold it; tests break it. */
export interface Run {
  stores: Record<StoreName, { events: Envelope[]; unpublished: Set<string>; unsent: Envelope[]; acknowledged: string[] }>;
  /** One partition a topic; the place in the list is the offset. */
  log: Record<StoreName, Envelope[]>;
  book: BookEntry[];
  history: OrderHistoryRow[];
  /** Next offset that order-history folds. */
  folded: number;
  notifications: NotificationRow[];
  waiting: number;
  dead: Envelope[];
}

/** When it all happened, in epoch milliseconds. */
export const THEN = Date.UTC(2026, 0, 5, 12);
const eur = (amount: number): Money => ({ amount, currency: 'EUR' });

/**
 * One customer, two products, four orders: `o-sold` was confirmed, `o-short` cancelled for want of stock,
 * `o-late` cancelled after its payment was taken, `o-flying` has its credit and waits for its stock.
 */
export function smallRun(): Run {
  const run = emptyRun();
  append(run, 'customers', stream.customer('c-1'), [
    { type: 'CustomerRegistered', data: { customerId: 'c-1', name: 'Ada', creditLimit: eur(50_000) } },
    { type: 'CreditLimitChanged', data: { customerId: 'c-1', creditLimit: eur(80_000) } },
  ]);
  for (const [productId, quantity, price] of [['tea', 100, 500], ['rum', 10, 2_000]] as const)
    append(run, 'inventory', stream.product(productId), [
      { type: 'ProductRegistered', data: { productId, name: productId, price: eur(price) } },
      { type: 'StockReceived', data: { productId, quantity } },
    ]);
  sold(run);
  short(run);
  late(run);
  place(run, 'o-flying', lines(1, 1));
  credit(run, 'CreditReserved', 'o-flying', 2_500);
  return run;
}

/** Puts events at the end of a stream, and into the log. */
export function append(run: Run, store: StoreName, name: string, facts: Fact[]): void {
  const { events } = run.stores[store];
  for (const fact of facts) {
    const streamversion = events.filter((event) => event.subject === name).length + 1;
    const key = name.slice(name.indexOf('-') + 1);
    const event: Envelope = {
      ...encodeFact(fact, {
        id: `${name}:${streamversion}`, source: `/tradewind/${store}`, partitionkey: key,
        correlationid: 'orderId' in fact.data ? fact.data.orderId : key, causationid: 'cause', now: THEN,
      }),
      subject: name, streamversion,
    };
    events.push(event);
    run.log[store].push(structuredClone(event));
  }
}

export function notification(orderId: string): Envelope {
  return encodeCommand({ type: 'NotifyCustomer', data: { orderId, customerId: 'c-1', kind: 'order-confirmed' } }, {
    id: `${orderId}:notify`, source: '/tradewind/orders', partitionkey: orderId, correlationid: orderId, causationid: 'cause', now: THEN,
  }, orderId);
}

function emptyRun(): Run {
  const store = () => ({ events: [], unpublished: new Set<string>(), unsent: [], acknowledged: [] });
  return {
    stores: { orders: store(), customers: store(), inventory: store(), payments: store() },
    log: { orders: [], customers: [], inventory: [], payments: [] },
    book: [], history: [], folded: Number.MAX_SAFE_INTEGER, notifications: [], waiting: 0, dead: [],
  };
}

type Lines = { productId: string; quantity: number; unitPrice: Money }[];

function lines(tea: number, rum: number): Lines {
  return [{ productId: 'tea', quantity: tea, unitPrice: eur(500) }, { productId: 'rum', quantity: rum, unitPrice: eur(2_000) }];
}

function totalOf(ordered: Lines): Money {
  return eur(ordered.reduce((sum, line) => sum + line.quantity * line.unitPrice.amount, 0));
}

function place(run: Run, orderId: string, ordered: Lines): void {
  const total = totalOf(ordered);
  const base = { orderId, customerId: 'c-1', paymentMethod: 'card', total };
  run.stores.orders.acknowledged.push(orderId);
  run.history.push({ orderId, status: 'placed', version: 1, total, placedAt: THEN });
  append(run, 'orders', stream.order(orderId), [{ type: 'OrderPlaced', data: { ...base, lines: ordered } }]);
  append(run, 'orders', stream.saga(orderId), [
    { type: 'SagaStarted', data: { ...base, lines: ordered.map(({ productId, quantity }) => ({ productId, quantity })) } },
  ]);
}

function sold(run: Run): void {
  const orderId = 'o-sold';
  place(run, orderId, lines(2, 1));
  credit(run, 'CreditReserved', orderId, 3_000);
  stock(run, 'Reserved', orderId, lines(2, 1));
  append(run, 'payments', stream.payment(orderId), [{ type: 'PaymentTaken', data: { orderId, amount: eur(3_000), providerReference: 'ref-1' } }]);
  run.book.push({ orderId, amount: eur(3_000), charges: 1, refunds: 0, at: THEN });
  append(run, 'orders', stream.order(orderId), [{ type: 'OrderConfirmed', data: { orderId, customerId: 'c-1', total: eur(3_000) } }]);
  credit(run, 'CreditUsed', orderId, 3_000);
  stock(run, 'Sold', orderId, lines(2, 1));
  end(run, orderId, 'confirmed');
}

function short(run: Run): void {
  const orderId = 'o-short';
  place(run, orderId, lines(1, 11));
  credit(run, 'CreditReserved', orderId, 22_500);
  append(run, 'inventory', stream.reservation(orderId), [{ type: 'StockRejected', data: { orderId, reason: 'stock-insufficient', productIds: ['rum'] } }]);
  append(run, 'orders', stream.order(orderId), [{ type: 'OrderCancelled', data: { orderId, customerId: 'c-1', reason: 'stock-rejected' } }]);
  credit(run, 'CreditReleased', orderId, 22_500);
  end(run, orderId, 'cancelled');
}

function late(run: Run): void {
  const orderId = 'o-late';
  place(run, orderId, lines(3, 2));
  credit(run, 'CreditReserved', orderId, 5_500);
  stock(run, 'Reserved', orderId, lines(3, 2));
  append(run, 'payments', stream.payment(orderId), [
    { type: 'PaymentTaken', data: { orderId, amount: eur(5_500), providerReference: 'ref-2' } },
    { type: 'PaymentRefunded', data: { orderId, amount: eur(5_500), providerReference: 'ref-2' } },
  ]);
  run.book.push({ orderId, amount: eur(5_500), charges: 1, refunds: 1, at: THEN });
  append(run, 'orders', stream.order(orderId), [{ type: 'OrderCancelled', data: { orderId, customerId: 'c-1', reason: 'step-timed-out' } }]);
  stock(run, 'Released', orderId, lines(3, 2));
  credit(run, 'CreditReleased', orderId, 5_500);
  end(run, orderId, 'cancelled');
}

function credit(run: Run, type: 'CreditReserved' | 'CreditReleased' | 'CreditUsed', orderId: string, amount: number): void {
  append(run, 'customers', stream.customer('c-1'), [{ type, data: { customerId: 'c-1', orderId, amount: eur(amount) } }]);
}

function stock(run: Run, what: 'Reserved' | 'Released' | 'Sold', orderId: string, ordered: Lines): void {
  append(run, 'inventory', stream.reservation(orderId), [
    { type: `Stock${what}`, data: { orderId, lines: ordered.map(({ productId, quantity }) => ({ productId, quantity })) } },
  ]);
  for (const { productId, quantity } of ordered)
    append(run, 'inventory', stream.product(productId), [{ type: `Quantity${what}`, data: { productId, orderId, quantity } }]);
}

function end(run: Run, orderId: string, outcome: 'confirmed' | 'cancelled'): void {
  append(run, 'orders', stream.saga(orderId), [{ type: 'SagaEnded', data: { orderId, outcome } }]);
  const row = run.history.find((each) => each.orderId === orderId);
  if (row) Object.assign(row, { status: outcome, version: 2 });
  run.notifications.push({ orderId, kind: `order-${outcome}`, at: THEN });
}
