import { commands, type CommandOf } from '@tradewind/events/commands/catalogue.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import { Column } from '../column.ts';
import type { NotificationRow } from '../facts.ts';
import { Breaches, type Handlers, type Invariant } from '../invariant.ts';
import type { Order, Orders } from '../orders.ts';

/** The customer was told what became of the order, once, and nothing else. */
export class Notifications implements Invariant {
  readonly name = 'notifications-match';
  readonly kind = 'settled';
  readonly says = 'each outcome was notified once, and nothing else was';
  readonly #orders: Orders;
  /** Orders whose notification was seen in an outbox or among the dead letters. */
  readonly #waiting = new Column();
  #queued = 0;
  readonly #told = { 'order-confirmed': new Column(), 'order-cancelled': new Column() };

  readonly on: Handlers = {
    unsent: ({ message }) => this.#wait(message),
    'notifications-waiting': ({ messages }) => void (this.#queued = messages),
    'notification-dead': ({ message }) => this.#wait(message),
    notification: ({ row }) => this.#row(row),
  };

  constructor(orders: Orders) {
    this.#orders = orders;
  }

  findings() {
    const breaches = new Breaches();
    let judged = 0;
    let inFlight = 0;
    for (const order of this.#orders.all()) {
      const wrong = this.#wrongWith(order);
      if (wrong === 'in flight') inFlight += 1;
      else judged += 1;
      if (wrong && wrong !== 'in flight') breaches.add(order.id, wrong);
    }
    return { breaches, judged, of: 'orders', inFlight };
  }

  #wrongWith(order: Order): string | undefined {
    const confirmed = this.#told['order-confirmed'].get(order);
    const cancelled = this.#told['order-cancelled'].get(order);
    if (confirmed > 1 || cancelled > 1) return 'was notified of the same more than once';
    if (!order.outcome) return 'in flight';
    const [right, wrong] = order.outcome === 'confirmed' ? [confirmed, cancelled] : [cancelled, confirmed];
    if (wrong > 0) return `is ${order.outcome}, but the customer was told otherwise`;
    if (right === 1) return undefined;
    return this.#queued > 0 || this.#waiting.get(order) > 0 ? 'in flight' : `is ${order.outcome}, but the customer was not told`;
  }

  #wait(message: Envelope): void {
    if (!message.type.startsWith(`${commands.NotifyCustomer.type}.`)) return;
    const order = this.#orders.get((message.data as CommandOf<'NotifyCustomer'>['data']).orderId);
    if (order) this.#waiting.set(order, 1);
  }

  #row({ orderId, kind }: NotificationRow): void {
    const order = this.#orders.get(orderId);
    if (order) this.#told[kind].add(order, 1);
  }
}
