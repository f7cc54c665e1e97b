import type { Fact } from '@tradewind/events/facts/catalogue.ts';
import { Column } from '../column.ts';
import { Breaches, type Invariant } from '../invariant.ts';
import { digestOf, sumOf } from '../lines-digest.ts';
import type { Orders } from '../orders.ts';

const kinds = ['reserved', 'released', 'sold'] as const;
type Kind = (typeof kinds)[number];
type Line = { productId: string; quantity: number };

const ofReservation: Partial<Record<Fact['type'], Kind>> = { StockReserved: 'reserved', StockReleased: 'released', StockSold: 'sold' };
const ofProduct: Partial<Record<Fact['type'], Kind>> = { QuantityReserved: 'reserved', QuantityReleased: 'released', QuantitySold: 'sold' };

/** What the reservations say was reserved, released and sold is what the products' own streams say, in sum and for each order. */
export class Reservations implements Invariant {
  readonly name = 'reservations-match-products';
  readonly kind = 'always';
  readonly says = "reservations' units equal the products' units";
  readonly #orders: Orders;
  /** Units by product: said by reservations less said by the product. */
  readonly #difference = Object.fromEntries(kinds.map((kind) => [kind, new Map<string, number>()])) as Record<Kind, Map<string, number>>;
  readonly #said = Object.fromEntries(kinds.map((kind) => [kind, { reservation: new Column(), products: new Column() }])) as
    Record<Kind, { reservation: Column; products: Column }>;

  readonly on = { event: ({ fact }: { fact?: Fact }) => fact && this.#event(fact) };

  constructor(orders: Orders) {
    this.#orders = orders;
  }

  findings() {
    const breaches = new Breaches();
    for (const kind of kinds) {
      for (const order of this.#orders.all())
        if (this.#said[kind].reservation.get(order) !== this.#said[kind].products.get(order))
          breaches.add(`reservation-${order.id}`, `what is ${kind} is not what its products' streams say`);
      for (const [productId, units] of this.#difference[kind])
        if (units !== 0) breaches.add(`product-${productId}`, `reservations have ${Math.abs(units)} units ${units > 0 ? 'more' : 'fewer'} ${kind} than the product`);
    }
    return { breaches, judged: this.#orders.size, of: 'orders', inFlight: 0 };
  }

  #event({ type, data }: Fact): void {
    const kind = ofReservation[type] ?? ofProduct[type];
    if (!kind || !('orderId' in data)) return;
    if ('lines' in data && ofReservation[type]) {
      this.#add(kind, 'reservation', data.orderId, data.lines);
      for (const line of data.lines) this.#count(kind, line.productId, line.quantity);
    } else if ('quantity' in data) {
      this.#add(kind, 'products', data.orderId, [data]);
      this.#count(kind, data.productId, -data.quantity);
    }
  }

  #add(kind: Kind, side: 'reservation' | 'products', orderId: string, lines: Line[]): void {
    const order = this.#orders.get(orderId);
    if (!order) return;
    const column = this.#said[kind][side];
    column.set(order, sumOf(column.get(order), digestOf(lines)));
  }

  #count(kind: Kind, productId: string, units: number): void {
    const difference = this.#difference[kind];
    difference.set(productId, (difference.get(productId) ?? 0) + units);
  }
}
