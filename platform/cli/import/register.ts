import { LARGEST_DELIVERY } from '@tradewind/events/ids.ts';
import type { Money } from '@tradewind/events/money.ts';
import { at, refused, type Api } from '../api.ts';
import type { PastOrder } from './assemble.ts';
import { Recent } from './recent.ts';

export interface Opening {
  /** Of customers that are not known yet. */
  creditLimit: Money;
  /** Units of products that are not known yet. */
  stock: number;
}

/** Customers and products are remembered for so long; what was forgotten is asked for again. */
const REMEMBERED = 20_000;

/**
 * Registers what orders need and the platform does not know. The keys of its requests follow from the ids:
 * an import that is killed in between and run again goes on where it was, and does nothing twice.
 */
export class Registrar {
  readonly registered = { customers: 0, products: 0 };
  readonly #api: Api;
  readonly #opening: Opening;
  readonly #known = new Recent<Promise<void>>(REMEMBERED);

  constructor(api: Api, opening: Opening) {
    this.#api = api;
    this.#opening = opening;
  }

  /** Resolves once the order's customer and products are there. @throws Refused */
  async ready({ customerId, lines }: PastOrder): Promise<void> {
    await Promise.all([
      this.#once(`customer ${customerId}`, () => this.#customer(customerId)),
      ...lines.map(({ productId, unitPrice }) => this.#once(`product ${productId}`, () => this.#product(productId, unitPrice))),
    ]);
  }

  #once(key: string, register: () => Promise<void>): Promise<void> {
    const known = this.#known.get(key);
    if (known) return known;
    const registering = register();
    registering.catch(() => this.#known.delete(key));
    this.#known.set(key, registering);
    return registering;
  }

  async #customer(customerId: string): Promise<void> {
    const { creditLimit } = this.#opening;
    const made = await this.#made('/customers', `import-customer-${customerId}`, { customerId, name: customerId, creditLimit });
    if (made === 'now') this.registered.customers += 1;
  }

  /** Its stock follows it also where it was made before, since the import may have ended in between: the keys hold it to once. */
  async #product(productId: string, price: Money): Promise<void> {
    const made = await this.#made('/products', `import-product-${productId}`, { productId, name: productId, price });
    if (made === 'known') return;
    for (let left = this.#opening.stock, delivery = 1; left > 0; left -= LARGEST_DELIVERY, delivery += 1)
      await this.#made(at`/products/${productId}/stock`, `import-stock-${productId}-${delivery}`, { quantity: Math.min(left, LARGEST_DELIVERY) });
    if (made === 'now') this.registered.products += 1;
  }

  /** @returns whether this import made it, `now` or `before`, or it was `known` without it. */
  async #made(path: string, key: string, body: object): Promise<'now' | 'before' | 'known'> {
    const reply = await this.#api.send({ method: 'POST', path, key, body });
    if (reply.status < 300) return reply.headers['idempotent-replay'] === undefined ? 'now' : 'before';
    const refusal = refused(reply);
    if (reply.status === 409 || refusal.code === 'idempotency-key-reused') return 'known';
    throw refusal;
  }
}
