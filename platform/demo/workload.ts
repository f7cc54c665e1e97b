import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import { nurand, uniform } from './nurand.ts';

export interface Size { products: number; customers: number; orders: number }

export interface Product { productId: string; name: string; price: number; stock: number }
export interface Customer { customerId: string; name: string; creditLimit: number }

/** One thing the generator does, `gapMs` after the one before. */
export type Step =
  | { type: 'place'; gapMs: number; order: OrderToPlace }
  | { type: 'restock'; gapMs: number; productId: string; quantity: number; delivery: number };

export interface OrderToPlace {
  /** Counted from 1. */
  number: number;
  customerId: string;
  paymentMethod: string;
  lines: { productId: string; quantity: number }[];
  /** The client sends the same request once more: at the same time, or when it has its answer. */
  duplicate: 'none' | 'at-once' | 'later';
  /** The customer changes their mind this long after the 202. */
  cancelAfterMs?: number;
}

/** A whole run, decided by its seed: who and what there is, and what happens. */
export interface Workload { products: Product[]; customers: Customer[]; steps(): Generator<Step> }

const NOUNS = ['Lantern', 'Compass', 'Sextant', 'Anchor', 'Hammock', 'Barometer', 'Halyard', 'Chart', 'Telescope', 'Oilskin'];
const ADJECTIVES = ['Brass', 'Copper', 'Oak', 'Canvas', 'Silver', 'Teak', 'Woollen', 'Iron', 'Cedar', 'Linen'];
const FIRST = ['Ada', 'Björn', 'Chidi', 'Dolores', 'Emre', 'Fatima', 'Goran', 'Hana', 'Ines', 'Jun'];
const LAST = ['Abara', 'Berg', 'Castro', 'Dubois', 'Eriksen', 'Fujita', 'García', 'Hughes', 'Ivanova', 'Jensen'];

const BURST = { orders: 60, gapMs: 2 };
const CALM = { orders: 40, gapMs: 15 };
const RESTOCK_EVERY = 100;
const RESTOCKED = 15;

/** Payment methods the simulated provider knows, with their share of all orders. */
const METHODS: [string, number][] = [
  ['card-declined', 0.04], ['card-slow', 0.01], ['card-late', 0.005], ['card-twice', 0.02], ['card-unavailable', 0.005],
];

export function workload(seed: number, size: Size): Workload {
  const random = seededRandom(seed);
  const products = Array.from({ length: size.products }, (_, index) => product(random, index));
  const customers = Array.from({ length: size.customers }, (_, index) => customer(random, index));
  return { products, customers, steps: () => steps(seededRandom(seed + 1), size, products) };
}

function product(random: Random, index: number): Product {
  const name = `${ADJECTIVES[index % 10] ?? ''} ${NOUNS[Math.floor(index / 10) % 10] ?? ''} No. ${Math.floor(index / 100) + 1}`;
  return { productId: `p-${String(index + 1).padStart(4, '0')}`, name, price: uniform(random, 200, 5_000), stock: uniform(random, 80, 260) };
}

/** One in twelve is short of credit. */
function customer(random: Random, index: number): Customer {
  const name = `${FIRST[index % 10] ?? ''} ${LAST[Math.floor(index / 10) % 10] ?? ''}`;
  const creditLimit = index % 12 === 11 ? uniform(random, 100_000, 300_000) : 50_000_000;
  return { customerId: `c-${String(index + 1).padStart(4, '0')}`, name, creditLimit };
}

function* steps(random: Random, size: Size, products: Product[]): Generator<Step> {
  const c = uniform(random, 0, 255);
  const demand = new Map<string, number>();
  for (let number = 1; number <= size.orders; number += 1) {
    const order = orderToPlace(random, number, { size, c });
    for (const line of order.lines) demand.set(line.productId, (demand.get(line.productId) ?? 0) + line.quantity);
    const inCycle = number % (BURST.orders + CALM.orders);
    yield { type: 'place', gapMs: inCycle < BURST.orders ? BURST.gapMs : CALM.gapMs, order };
    if (number % RESTOCK_EVERY === 0) yield* restock(demand, products, number / RESTOCK_EVERY);
  }
}

/** What sold most since the last delivery comes in again. */
function* restock(demand: Map<string, number>, products: Product[], delivery: number): Generator<Step> {
  const stock = new Map(products.map((each) => [each.productId, each.stock]));
  const short = [...demand].filter(([id, wanted]) => wanted > (stock.get(id) ?? 0)).sort((a, b) => b[1] - a[1]).slice(0, RESTOCKED);
  for (const [productId, wanted] of short) {
    yield { type: 'restock', gapMs: 0, productId, quantity: wanted, delivery };
    demand.set(productId, 0);
  }
}

function orderToPlace(random: Random, number: number, { size, c }: { size: Size; c: number }): OrderToPlace {
  const count = uniform(random, Math.min(5, size.products), Math.min(15, size.products));
  const chosen = new Set<string>();
  while (chosen.size < count)
    chosen.add(`p-${String(nurand(random, { a: maskFor(size.products), c, low: 1, high: size.products })).padStart(4, '0')}`);
  const order: OrderToPlace = {
    number,
    customerId: `c-${String(nurand(random, { a: maskFor(size.customers), c, low: 1, high: size.customers })).padStart(4, '0')}`,
    paymentMethod: method(random),
    lines: [...chosen].map((productId) => ({ productId, quantity: uniform(random, 1, 10) })),
    duplicate: random.next() < 0.03 ? (random.next() < 0.5 ? 'at-once' : 'later') : 'none',
  };
  if (random.next() < 0.03) order.cancelAfterMs = uniform(random, 0, 150);
  return order;
}

/** TPC-C takes about a twelfth of the range, as a power of two less one. */
function maskFor(range: number): number {
  return 2 ** Math.max(1, Math.round(Math.log2(range / 12))) - 1;
}

function method(random: Random): string {
  let at = random.next();
  for (const [name, share] of METHODS) {
    if (at < share) return name;
    at -= share;
  }
  return 'card-ok';
}
