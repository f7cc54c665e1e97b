import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Http, HttpResponse } from '@tradewind/chassis/http/client.ts';
import { Problem } from '@tradewind/chassis/http/problem.ts';
import { CodedError } from '@tradewind/events/errors.ts';
import { productId } from '@tradewind/events/ids.ts';
import { money, type Money } from '@tradewind/events/money.ts';
import { z } from 'zod';

interface Settings {
  /** How long a price is believed without being asked for again. */
  ttlMs: number;
  /** How long inventory may take to answer. */
  patienceMs: number;
}

interface Asker { deadline: number; traceparent?: string }

/** Products kept at most. */
const MOST = 10_000;

const answer = z.object({ items: z.array(z.object({ productId, price: money })) });

/** Prices as inventory tells them, kept for a while. */
export class Prices {
  readonly #http: Http;
  readonly #clock: Clock;
  readonly #settings: Settings;
  readonly #known = new Map<string, { price: Money; until: number }>();
  /** Counts what was dropped: an answer that was under way meanwhile may be out of date, and is not kept. */
  #drops = 0;

  constructor({ http, clock }: { http: Http; clock: Clock }, settings: Settings) {
    this.#http = http;
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Price of each product. @throws Problem `product-unknown` naming those that do not exist · `service-unavailable` */
  async of(productIds: string[], asker: Asker): Promise<Map<string, Money>> {
    const now = this.#clock.now();
    const prices = new Map<string, Money>();
    const missing: string[] = [];
    for (const id of new Set(productIds)) {
      const known = this.#known.get(id);
      if (known && known.until > now) prices.set(id, known.price);
      else missing.push(id);
    }
    if (missing.length > 0) for (const [id, price] of await this.#fetch(missing, asker)) prices.set(id, price);
    const unknown = missing.filter((id) => !prices.has(id));
    if (unknown.length > 0) throw new Problem('product-unknown', `There is no product ${unknown.join(', ')}.`);
    return prices;
  }

  /** The next order asks inventory again. */
  drop(productIds: string[]): void {
    this.#drops += 1;
    for (const id of productIds) this.#known.delete(id);
  }

  async #fetch(productIds: string[], asker: Asker): Promise<Map<string, Money>> {
    const before = this.#drops;
    const response = await this.#ask(`/products?ids=${productIds.map(encodeURIComponent).join(',')}`, asker);
    if (response.status >= 429) throw new Problem('service-unavailable', 'Prices cannot be asked for now.');
    const parsed = answer.safeParse(response.status === 200 ? JSON.parse(response.body.toString()) : undefined);
    if (!parsed.success) throw new Error(`inventory answered ${response.status} with no products`);
    const prices = new Map(parsed.data.items.map((product) => [product.productId, product.price]));
    if (before === this.#drops) this.#keep(prices);
    return prices;
  }

  async #ask(path: string, { deadline, traceparent }: Asker): Promise<HttpResponse> {
    const headers = { accept: 'application/json', 'x-caller': 'service:orders', ...(traceparent !== undefined && { traceparent }) };
    try {
      const patience = this.#clock.now() + this.#settings.patienceMs;
      return await this.#http.send({ service: 'inventory', method: 'GET', path, headers, deadline: Math.min(deadline, patience) });
    } catch (error) {
      if (!(error instanceof CodedError && error.canRetry)) throw error;
      throw new Problem('service-unavailable', 'Prices cannot be asked for now.', { cause: error });
    }
  }

  #keep(prices: Map<string, Money>): void {
    const until = this.#clock.now() + this.#settings.ttlMs;
    for (const [id, price] of prices) {
      this.#known.delete(id);
      this.#known.set(id, { price, until });
    }
    for (const id of this.#known.keys()) {
      if (this.#known.size <= MOST) break;
      this.#known.delete(id);
    }
  }
}
