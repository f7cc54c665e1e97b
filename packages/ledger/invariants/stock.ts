import type { Fact } from '@tradewind/events/facts/catalogue.ts';
import { Breaches, type Invariant } from '../invariant.ts';

interface Product { received: number; available: number; reserved: number; sold: number; broken: boolean }

/** Received = available + reserved + sold for each product, at each event, from the events alone; nothing is negative. */
export class Stock implements Invariant {
  readonly name = 'stock-adds-up';
  readonly kind = 'always';
  readonly says = 'stock received = available + reserved + sold, nothing negative';
  readonly #products = new Map<string, Product>();
  readonly #breaches = new Breaches();

  readonly on = { event: ({ fact }: { fact?: Fact }) => this.#event(fact) };

  findings() {
    for (const [id, { received, available, reserved, sold }] of this.#products)
      if (received !== available + reserved + sold)
        this.#breaches.add(`product-${id}`, `received ${received}, but available ${available} + reserved ${reserved} + sold ${sold}`);
    return { breaches: this.#breaches, judged: this.#products.size, of: 'products', inFlight: 0 };
  }

  #event(fact: Fact | undefined): void {
    switch (fact?.type) {
      case 'ProductRegistered':
        this.#product(fact.data.productId);
        return;
      case 'StockReceived':
        return this.#move(fact.data, { received: 1, available: 1 });
      case 'QuantityReserved':
        return this.#move(fact.data, { available: -1, reserved: 1 });
      case 'QuantityReleased':
        return this.#move(fact.data, { available: 1, reserved: -1 });
      case 'QuantitySold':
        return this.#move(fact.data, { reserved: -1, sold: 1 });
      default:
    }
  }

  #move({ productId, quantity }: { productId: string; quantity: number }, by: { [Name in keyof Omit<Product, 'broken'>]?: 1 | -1 }): void {
    const product = this.#product(productId);
    product.received += quantity * (by.received ?? 0);
    product.available += quantity * (by.available ?? 0);
    product.reserved += quantity * (by.reserved ?? 0);
    product.sold += quantity * (by.sold ?? 0);
    if (product.broken || (product.available >= 0 && product.reserved >= 0)) return;
    product.broken = true;
    this.#breaches.add(`product-${productId}`, `available ${product.available}, reserved ${product.reserved}, sold ${product.sold}: nothing may be negative`);
  }

  #product(id: string): Product {
    let product = this.#products.get(id);
    if (!product) this.#products.set(id, product = { received: 0, available: 0, reserved: 0, sold: 0, broken: false });
    return product;
  }
}
