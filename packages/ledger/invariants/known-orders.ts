import { Breaches, type Handlers, type Invariant } from '../invariant.ts';
import type { Orders } from '../orders.ts';
import type { Read } from '../read.ts';

/** Whatever was done for an order, was done for one that was placed. */
export class KnownOrders implements Invariant {
  readonly name = 'effects-have-an-order';
  readonly kind = 'always';
  readonly says = 'nothing was done for an order that was never placed';
  readonly #orders: Orders;
  readonly #read: Read;
  readonly #breaches = new Breaches();
  #judged = 0;

  readonly on: Handlers = {
    event: ({ store, event, fact }) => {
      if (store !== 'orders' && fact && 'orderId' in fact.data) this.#look(fact.data.orderId, event.subject, () => Date.parse(event.time));
    },
    entry: ({ entry }) => {
      if (entry.charges > 0) this.#look(entry.orderId, "the provider's book", () => entry.at);
    },
    history: ({ row }) => this.#look(row.orderId, 'order-history', () => row.placedAt),
    notification: ({ row }) => this.#look(row.orderId, 'the notifications', () => row.at),
  };

  constructor(orders: Orders, read: Read) {
    this.#orders = orders;
    this.#read = read;
  }

  findings() {
    return { breaches: this.#breaches, judged: this.#judged, of: 'effects', inFlight: 0 };
  }

  /** One that was placed since the orders were read is not known yet. */
  #look(orderId: string, where: string, at: () => number): void {
    this.#judged += 1;
    if (!this.#orders.get(orderId)?.placed && this.#read.before(at())) this.#breaches.add(orderId, `${where} has it, but it was never placed`);
  }
}
