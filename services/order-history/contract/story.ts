import { encodeFact } from '@tradewind/events/codec.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import type { Fact } from '@tradewind/events/facts/catalogue.ts';
import { stream } from '@tradewind/events/ids.ts';
import { topics } from '@tradewind/events/topology.ts';
import type { LogRecord } from '@tradewind/log/port.ts';

export type Outcome = 'placed' | 'confirmed' | 'cancelled' | 'declined' | 'parked';
export interface Told { topic: string; envelope: Envelope }

export const BEGAN = Date.UTC(2026, 0, 1);
const eur = (amount: number) => ({ amount, currency: 'EUR' });

/** The events of several orders as the services write them, one millisecond apart. */
export class Story {
  readonly told: Told[] = [];
  readonly #versions = new Map<string, number>();

  /** Tells the whole of an order that ends as `outcome` says. */
  order(orderId: string, customerId: string, outcome: Outcome): this {
    this.#place(orderId, customerId);
    if (outcome === 'placed') return this;
    this.#credit(orderId, customerId, 'CreditReserved');
    this.#saga(orderId, { type: 'SagaStepDone', data: { orderId, step: 'reserve-credit' } });
    if (outcome === 'cancelled') return this.#cancel(orderId, customerId, 'stock-rejected');
    this.#inventory(orderId, { type: 'StockReserved', data: { orderId, lines: [{ productId: 'p1', quantity: 2 }, { productId: 'p2', quantity: 1 }] } });
    this.#saga(orderId, { type: 'SagaStepDone', data: { orderId, step: 'reserve-stock' } });
    if (outcome !== 'confirmed') return this.#decline(orderId, customerId, outcome);
    return this.#confirm(orderId, customerId);
  }

  /** What concerns no order, and what no program of this version knows. */
  noise(): this {
    this.tell(topics.customers, stream.customer('c9'), { type: 'CustomerRegistered', data: { customerId: 'c9', name: 'Cleo', creditLimit: eur(1) } });
    this.tell(topics.inventory, stream.product('p1'), { type: 'QuantityReserved', data: { productId: 'p1', orderId: 'o1', quantity: 2 } });
    const [first] = this.told;
    if (first) this.told.push({ topic: topics.payments, envelope: { ...first.envelope, id: 'unheard-of', type: 'tradewind.voucher.granted.v1' } });
    return this;
  }

  tell(topic: string, subject: string, fact: Fact): Envelope {
    const streamversion = (this.#versions.get(subject) ?? 0) + 1;
    this.#versions.set(subject, streamversion);
    const id = `${subject}@${streamversion}`;
    const { orderId } = fact.data as { orderId?: string };
    const draft = encodeFact(fact, {
      id, source: topic.replace('tradewind.', '/tradewind/'), partitionkey: orderId ?? subject, correlationid: orderId ?? subject,
      causationid: this.told.at(-1)?.envelope.id ?? 'request-1', now: BEGAN + this.told.length,
    });
    const envelope = { ...draft, subject, streamversion };
    this.told.push({ topic, envelope });
    return envelope;
  }

  #place(orderId: string, customerId: string): void {
    const lines = [{ productId: 'p1', quantity: 2, unitPrice: eur(500) }, { productId: 'p2', quantity: 1, unitPrice: eur(205) }];
    this.tell(topics.orders, stream.order(orderId), { type: 'OrderPlaced', data: { orderId, customerId, paymentMethod: 'card', lines, total: eur(1205) } });
    this.#saga(orderId, {
      type: 'SagaStarted',
      data: { orderId, customerId, paymentMethod: 'card', total: eur(1205), lines: lines.map(({ productId, quantity }) => ({ productId, quantity })) },
    });
  }

  #confirm(orderId: string, customerId: string): this {
    this.#payment(orderId, { type: 'PaymentTaken', data: { orderId, amount: eur(1205), providerReference: 'charge-1' } });
    this.#saga(orderId, { type: 'SagaStepDone', data: { orderId, step: 'take-payment' } });
    this.tell(topics.orders, stream.order(orderId), { type: 'OrderConfirmed', data: { orderId, customerId, total: eur(1205) } });
    this.#credit(orderId, customerId, 'CreditUsed');
    this.#inventory(orderId, { type: 'StockSold', data: { orderId, lines: [{ productId: 'p1', quantity: 2 }, { productId: 'p2', quantity: 1 }] } });
    this.#saga(orderId, { type: 'SagaStepDone', data: { orderId, step: 'use-credit' } });
    this.#saga(orderId, { type: 'SagaStepDone', data: { orderId, step: 'sell-stock' } });
    return this.#saga(orderId, { type: 'SagaEnded', data: { orderId, outcome: 'confirmed' } });
  }

  #decline(orderId: string, customerId: string, outcome: Outcome): this {
    this.#payment(orderId, { type: 'PaymentDeclined', data: { orderId, amount: eur(1205), reason: 'card-declined' } });
    this.#saga(orderId, { type: 'SagaCompensating', data: { orderId, reason: 'payment-declined', steps: ['release-stock', 'release-credit'] } });
    this.tell(topics.orders, stream.order(orderId), { type: 'OrderCancelled', data: { orderId, customerId, reason: 'payment-declined', detail: 'Try another\0 card.' } });
    if (outcome === 'parked') return this.#saga(orderId, { type: 'SagaParked', data: { orderId, step: 'release-stock', detail: 'no answer' } });
    this.#inventory(orderId, { type: 'StockReleased', data: { orderId, lines: [{ productId: 'p1', quantity: 2 }] } });
    this.#saga(orderId, { type: 'SagaStepDone', data: { orderId, step: 'release-stock' } });
    return this.#giveCreditBack(orderId, customerId);
  }

  #cancel(orderId: string, customerId: string, reason: 'stock-rejected'): this {
    this.#inventory(orderId, { type: 'StockRejected', data: { orderId, reason: 'stock-insufficient', productIds: ['p2'] } });
    this.#saga(orderId, { type: 'SagaCompensating', data: { orderId, reason, steps: ['release-credit'] } });
    this.tell(topics.orders, stream.order(orderId), { type: 'OrderCancelled', data: { orderId, customerId, reason } });
    return this.#giveCreditBack(orderId, customerId);
  }

  #giveCreditBack(orderId: string, customerId: string): this {
    this.#credit(orderId, customerId, 'CreditReleased');
    this.#saga(orderId, { type: 'SagaStepDone', data: { orderId, step: 'release-credit' } });
    return this.#saga(orderId, { type: 'SagaEnded', data: { orderId, outcome: 'cancelled' } });
  }

  #saga(orderId: string, fact: Fact): this {
    this.tell(topics.orders, stream.saga(orderId), fact);
    return this;
  }

  #credit(orderId: string, customerId: string, type: 'CreditReserved' | 'CreditUsed' | 'CreditReleased'): void {
    this.tell(topics.customers, stream.customer(customerId), { type, data: { customerId, orderId, amount: eur(1205) } });
  }

  #inventory(orderId: string, fact: Fact): void {
    this.tell(topics.inventory, stream.reservation(orderId), fact);
  }

  #payment(orderId: string, fact: Fact): void {
    this.tell(topics.payments, stream.payment(orderId), fact);
  }
}

/** Events as one partition of the log holds them, from `first` on. */
export function records(topic: string, envelopes: Envelope[], { partition = 0, first = 0 } = {}): LogRecord[] {
  return envelopes.map((envelope, n) => ({ topic, partition, offset: first + n, key: envelope.partitionkey, envelope, at: Date.parse(envelope.time) }));
}

/** The envelopes of one topic. */
export function ofTopic(topic: string, told: Told[]): Envelope[] {
  return told.filter((each) => each.topic === topic).map(({ envelope }) => envelope);
}
