import type { Fact } from '@tradewind/events/facts/catalogue.ts';
import type { Money } from '@tradewind/events/money.ts';
import { Column } from './column.ts';
import type { Handlers } from './invariant.ts';
import { digestOf, sumOf } from './lines-digest.ts';
import type { Order, Orders } from './orders.ts';

/** What the participants' stores say they did for each order: sums of money, digests of lines. */
export class Holdings {
  readonly creditReserved = new Column();
  readonly creditReleased = new Column();
  readonly creditUsed = new Column();
  readonly stockReserved = new Column();
  readonly stockReleased = new Column();
  readonly stockSold = new Column();
  /** How often a payment was taken, and how much. */
  readonly payments = new Column();
  readonly paid = new Column();
  readonly refunded = new Column();
  /** Amounts in another currency than the order's. */
  readonly foreign = new Column();
  readonly #orders: Orders;

  readonly on: Handlers = {
    event: ({ store, fact }) => {
      if (store === 'orders' || !fact || !('orderId' in fact.data)) return;
      const order = this.#orders.get(fact.data.orderId);
      if (order) this.#take(order, fact);
    },
  };

  constructor(orders: Orders) {
    this.#orders = orders;
  }

  #take(order: Order, fact: Fact): void {
    switch (fact.type) {
      case 'CreditReserved': return this.#money(this.creditReserved, order, fact.data.amount);
      case 'CreditReleased': return this.#money(this.creditReleased, order, fact.data.amount);
      case 'CreditUsed': return this.#money(this.creditUsed, order, fact.data.amount);
      case 'StockReserved': return lines(this.stockReserved, order, fact.data.lines);
      case 'StockReleased': return lines(this.stockReleased, order, fact.data.lines);
      case 'StockSold': return lines(this.stockSold, order, fact.data.lines);
      case 'PaymentTaken':
        this.payments.add(order, 1);
        return this.#money(this.paid, order, fact.data.amount);
      case 'PaymentRefunded': return this.#money(this.refunded, order, fact.data.amount);
      default:
    }
  }

  #money(column: Column, order: Order, { amount, currency }: Money): void {
    column.add(order, amount);
    if (amount > 0 && currency !== order.total.currency) this.foreign.add(order, 1);
  }
}

function lines(column: Column, order: Order, more: { productId: string; quantity: number }[]): void {
  column.set(order, sumOf(column.get(order), digestOf(more)));
}
