import { Column } from '../column.ts';
import type { BookEntry } from '../facts.ts';
import type { Holdings } from '../holdings.ts';
import { Breaches, type Invariant } from '../invariant.ts';
import type { Order, Orders } from '../orders.ts';

/** The payment provider's own book says the same as the payments' store, and charged no order twice. */
export class Book implements Invariant {
  readonly name = 'provider-book-agrees';
  readonly kind = 'settled';
  readonly says = "the provider's book agrees, at most one charge an order";
  readonly #charges = new Column();
  readonly #charged = new Column();
  readonly #refunded = new Column();
  readonly #foreign = new Column();
  readonly #orders: Orders;
  readonly #holdings: Holdings;

  readonly on = { entry: ({ entry }: { entry: BookEntry }) => this.#entry(entry) };

  constructor(orders: Orders, holdings: Holdings) {
    this.#orders = orders;
    this.#holdings = holdings;
  }

  findings() {
    const breaches = new Breaches();
    for (const order of this.#orders.all()) {
      const wrong = this.#wrongWith(order);
      if (wrong) breaches.add(order.id, wrong);
    }
    return { breaches, judged: this.#orders.size - this.#orders.inFlight, of: 'orders', inFlight: this.#orders.inFlight };
  }

  #wrongWith(order: Order): string | undefined {
    if (this.#charges.get(order) > 1) return `was charged ${this.#charges.get(order)} times`;
    if (!order.outcome) return undefined;
    const { paid, refunded } = this.#holdings;
    if (this.#charged.get(order) !== paid.get(order)) return `the book has a charge of ${this.#charged.get(order)}, the store ${paid.get(order)}`;
    if (this.#refunded.get(order) !== refunded.get(order)) return `the book has a refund of ${this.#refunded.get(order)}, the store ${refunded.get(order)}`;
    return this.#foreign.get(order) > 0 ? `was not charged in ${order.total.currency}` : undefined;
  }

  #entry({ orderId, amount: { amount, currency }, charges, refunds }: BookEntry): void {
    const order = this.#orders.get(orderId);
    if (!order) return;
    this.#charges.add(order, charges);
    this.#charged.add(order, amount * charges);
    this.#refunded.add(order, amount * refunds);
    if (charges > 0 && currency !== order.total.currency) this.#foreign.add(order, 1);
  }
}
