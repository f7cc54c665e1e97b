import type { Random } from '@tradewind/chassis/random.ts';
import { between, chance, oneOf, weighted } from './draw.ts';

export interface Catalogue {
  products: { productId: string; price: number; stock: number }[];
  customers: { customerId: string; creditLimit: number }[];
}

/** What somebody outside does, at an instant in ms after the set-up. */
export type Step =
  | { type: 'place'; at: number; order: OrderToPlace }
  | { type: 'restock'; at: number; productId: string; quantity: number; delivery: number }
  | { type: 'limit'; at: number; customerId: string; creditLimit: number }
  /** `text`: as a person would read it. A page that has a next one is followed. */
  | { type: 'look'; at: number; path: string; as: string; text?: true };

export interface OrderToPlace {
  orderId: string;
  customerId: string;
  paymentMethod: string;
  lines: { productId: string; quantity: number }[];
  /** The same request is sent again, at the same time or after its answer; `other` under the same key asks for something else. */
  again: 'never' | 'at-once' | 'later' | 'other';
  /** The customer changes their mind this long after the 202. */
  cancelAfterMs?: number;
  /** The customer reads what they just wrote. */
  readsBack: boolean;
  /** Another customer, who tries to see the order, to cancel it, and to have it under its key. */
  stranger?: string;
}

const ORDERS = { least: 20, most: 26 };
/** Steps come in this many ms. */
export const DURING = 6_000;

const METHODS: Record<string, number> = {
  'card-ok': 66, 'card-declined': 7, 'card-slow': 4, 'card-late': 5, 'card-twice': 7, 'card-unavailable': 5, 'card-refund-fails': 6,
};

export function drawCatalogue(random: Random): Catalogue {
  return {
    products: Array.from({ length: 7 }, (_, n) => ({
      productId: `p${n}`, price: between(random, 100, 900), stock: chance(random, 0.3) ? between(random, 0, 8) : between(random, 40, 120),
    })),
    customers: Array.from({ length: 5 }, (_, n) => ({
      customerId: `c${n}`, creditLimit: chance(random, 0.25) ? between(random, 500, 4_000) : 1_000_000,
    })),
  };
}

export function drawSteps(random: Random, catalogue: Catalogue): Step[] {
  const orders = Array.from({ length: between(random, ORDERS.least, ORDERS.most) }, (_, n): Step =>
    ({ type: 'place', at: instant(random), order: orderToPlace(random, n, catalogue) }));
  const deliveries = Array.from({ length: 9 }, (_, delivery): Step =>
    ({ type: 'restock', at: instant(random), productId: oneOf(random, catalogue.products).productId, quantity: between(random, 1, 30), delivery }));
  const limits = catalogue.customers.filter(() => chance(random, 0.2)).map(({ customerId, creditLimit }): Step =>
    ({ type: 'limit', at: instant(random), customerId, creditLimit: Math.round(creditLimit * (0.5 + random.next())) }));
  const looks = Array.from({ length: 6 }, (): Step => ({ type: 'look', at: instant(random), ...look(random, catalogue) }));
  return [...orders, ...deliveries, ...limits, ...looks].sort((a, b) => a.at - b.at);
}

/** Half of all come in bursts. */
function instant(random: Random): number {
  return chance(random, 0.5) ? between(random, 0, DURING) : oneOf(random, [500, 2_000, 4_000]) + between(random, 0, 60);
}

function orderToPlace(random: Random, number: number, { products, customers }: Catalogue): OrderToPlace {
  const lines = chance(random, 0.1) ? products.length : between(random, 1, 3);
  const shuffled = products.map((each) => ({ each, by: random.next() })).sort((a, b) => a.by - b.by).slice(0, lines);
  const order: OrderToPlace = {
    orderId: `o${String(number).padStart(2, '0')}`,
    customerId: oneOf(random, customers).customerId,
    paymentMethod: weighted(random, METHODS),
    lines: shuffled.map(({ each: { productId } }) => ({ productId, quantity: between(random, 1, 4) })),
    again: weighted(random, { never: 76, 'at-once': 10, later: 10, other: 4 }),
    readsBack: chance(random, 0.5),
  };
  const others = customers.filter(({ customerId }) => customerId !== order.customerId);
  if (chance(random, 0.15)) order.stranger = oneOf(random, others).customerId;
  const minded = order.paymentMethod === 'card-refund-fails' ? 0.6 : 0.15;
  if (chance(random, minded)) order.cancelAfterMs = chance(random, 0.7) ? between(random, 0, 150) : between(random, 0, 3_000);
  return order;
}

function look(random: Random, { products, customers }: Catalogue): Omit<Extract<Step, { type: 'look' }>, 'type' | 'at'> {
  const customer = `customer:${oneOf(random, customers).customerId}`;
  const order = `/orders/o${String(between(random, 0, 15)).padStart(2, '0')}`;
  return oneOf<ReturnType<typeof look>>(random, [
    { path: '/orders?limit=2', as: customer }, { path: '/orders?status=confirmed&limit=3', as: 'operator:olga' },
    { path: '/orders?placedAfter=2026-01-01T00:00:02Z&limit=5', as: 'operator:olga' },
    { path: order, as: 'operator:olga' }, { path: `${order}/events`, as: 'operator:olga' }, { path: `${order}/events`, as: 'operator:olga', text: true },
    { path: '/notifications?limit=2', as: 'operator:olga' }, { path: '/products?limit=3', as: customer }, { path: '/history/counts', as: 'operator:olga' }, { path: '/history/rebuild', as: 'operator:olga' },
    { path: `/products/${oneOf(random, products).productId}`, as: customer }, { path: '/sagas', as: 'operator:olga' },
    { path: `/customers/${oneOf(random, customers).customerId}`, as: 'operator:olga' }, { path: '/health/ready', as: customer },
    { path: '/openapi.json', as: customer },
  ]);
}
