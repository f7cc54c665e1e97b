import type { Fact, FactOf } from '@tradewind/events/facts/catalogue.ts';
import { Breaches, type Invariant } from '../invariant.ts';

interface Customer { limit: number; available: number; reserved: number; used: number; currency: string; broken: boolean }
type OfOrder = FactOf<'CreditReserved' | 'CreditReleased' | 'CreditUsed'>;

/**
 * Limit = available + reserved + used for each customer, at each event, from the events alone; nothing is
 * negative; what is released or used is what was reserved for that order.
 */
export class Credit implements Invariant {
  readonly name = 'credit-adds-up';
  readonly kind = 'always';
  readonly says = 'credit limit = available + reserved + used, nothing negative';
  readonly #customers = new Map<string, Customer>();
  /** Reserved and neither released nor used, by order. */
  readonly #open = new Map<string, { customerId: string; amount: number }>();
  readonly #breaches = new Breaches();

  readonly on = { event: ({ fact }: { fact?: Fact }) => this.#event(fact) };

  findings() {
    const open = new Map<string, number>();
    for (const { customerId, amount } of this.#open.values()) open.set(customerId, (open.get(customerId) ?? 0) + amount);
    for (const [id, { limit, available, reserved, used }] of this.#customers)
      if (limit !== available + reserved + used || reserved !== (open.get(id) ?? 0))
        this.#breaches.add(`customer-${id}`, `limit ${limit}, but available ${available} + reserved ${open.get(id) ?? 0} + used ${used}`);
    return { breaches: this.#breaches, judged: this.#customers.size, of: 'customers', inFlight: 0 };
  }

  #event(fact: Fact | undefined): void {
    switch (fact?.type) {
      case 'CustomerRegistered':
      case 'CreditLimitChanged': {
        const { customerId, creditLimit: { amount, currency } } = fact.data;
        const customer = this.#customer(customerId, currency);
        customer.available += amount - customer.limit;
        customer.limit = amount;
        return this.#look(customerId, customer, currency);
      }
      case 'CreditReserved':
      case 'CreditReleased':
      case 'CreditUsed':
        return this.#ofOrder(fact);
      default:
    }
  }

  #ofOrder(fact: OfOrder): void {
    const { customerId, amount: { amount, currency } } = fact.data;
    if (fact.type === 'CreditReleased' && amount === 0) return;
    const customer = this.#customer(customerId, currency);
    if (fact.type === 'CreditReserved') {
      this.#opened(fact);
      customer.reserved += amount;
      customer.available -= amount;
    } else {
      this.#closed(fact);
      customer.reserved -= amount;
      if (fact.type === 'CreditUsed') customer.used += amount;
      else customer.available += amount;
    }
    this.#look(customerId, customer, currency);
  }

  #opened({ data: { orderId, customerId, amount } }: OfOrder): void {
    if (this.#open.has(orderId)) this.#breaches.add(`customer-${customerId}`, `credit for order ${orderId} was reserved twice`);
    this.#open.set(orderId, { customerId, amount: amount.amount });
  }

  #closed({ type, data: { orderId, customerId, amount: { amount } } }: OfOrder): void {
    const open = this.#open.get(orderId);
    if (open?.amount !== amount || open.customerId !== customerId)
      this.#breaches.add(`customer-${customerId}`, `${type} of ${amount} for order ${orderId}, but ${open?.amount ?? 0} was reserved`);
    this.#open.delete(orderId);
  }

  #customer(id: string, currency: string): Customer {
    let customer = this.#customers.get(id);
    if (!customer) this.#customers.set(id, customer = { limit: 0, available: 0, reserved: 0, used: 0, currency, broken: false });
    return customer;
  }

  #look(id: string, customer: Customer, currency: string): void {
    const { available, reserved, used, broken } = customer;
    if (broken) return;
    customer.broken = available < 0 || reserved < 0 || currency !== customer.currency;
    if (currency !== customer.currency) this.#breaches.add(`customer-${id}`, `credit in ${currency}, but the limit is in ${customer.currency}`);
    else if (customer.broken) this.#breaches.add(`customer-${id}`, `available ${available}, reserved ${reserved}, used ${used}: nothing may be negative`);
  }
}
