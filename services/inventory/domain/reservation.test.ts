import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { product, availableOf, type Product, type ProductEvent } from './product.ts';
import { decideStock, reservation, type Reservation, type ReservationEvent, type StockCommand } from './reservation.ts';

/** A shelf of products and the orders' reservations, as one world that commands change. */
class Shelf {
  readonly products = new Map<string, Product>();
  readonly reservations = new Map<string, Reservation>();
  readonly events: (ReservationEvent | ProductEvent)[] = [];

  constructor(stock: Record<string, number>) {
    for (const [productId, quantity] of Object.entries(stock)) {
      this.apply({ type: 'ProductRegistered', data: { productId, name: productId, price: { amount: 1, currency: 'EUR' } } });
      if (quantity > 0) this.apply({ type: 'StockReceived', data: { productId, quantity } });
    }
  }

  product(productId: string): Product {
    return this.products.get(productId) ?? product.initial;
  }

  apply(event: ProductEvent): void {
    this.events.push(event);
    this.products.set(event.data.productId, product.evolve(this.product(event.data.productId), event));
  }

  play(command: StockCommand): ReservationEvent[] {
    const { orderId } = command.data;
    const before = this.reservations.get(orderId) ?? reservation.initial;
    const decided = decideStock(command, before, (productId) => this.product(productId));
    this.reservations.set(orderId, decided.reservation.reduce(reservation.evolve, before));
    this.events.push(...decided.reservation);
    decided.shares.forEach((share) => this.apply(share));
    return decided.reservation;
  }
}

const command = (type: StockCommand['type'], orderId: string, wanted: Record<string, number>): StockCommand =>
  ({ type, data: { orderId, lines: Object.entries(wanted).map(([productId, quantity]) => ({ productId, quantity })) } });
const one = { tea: 2, rum: 1 };

test('every line is reserved, then sold', () => {
  const shelf = new Shelf({ tea: 5, rum: 5 });
  shelf.play(command('ReserveStock', 'one', one));
  expect([shelf.product('tea'), shelf.product('rum')]).toMatchObject([{ reserved: 2, sold: 0 }, { reserved: 1, sold: 0 }]);
  expect(shelf.play(command('SellStock', 'one', one))).toMatchObject([{ type: 'StockSold' }]);
  expect([shelf.product('tea'), shelf.product('rum')]).toMatchObject([{ reserved: 0, sold: 2 }, { reserved: 0, sold: 1 }]);
});

test('one line that is short leaves every line alone, and is named', () => {
  const shelf = new Shelf({ tea: 5, rum: 0 });
  expect(shelf.play(command('ReserveStock', 'one', one)))
    .toEqual([{ type: 'StockRejected', data: { orderId: 'one', reason: 'stock-insufficient', productIds: ['rum'] } }]);
  expect(shelf.product('tea')).toMatchObject({ reserved: 0 });
});

test('an unknown product is named before any that is short', () => {
  const shelf = new Shelf({ tea: 0 });
  expect(shelf.play(command('ReserveStock', 'one', one))).toMatchObject([{ data: { reason: 'product-unknown', productIds: ['rum'] } }]);
});

test('lines of the same product count together', () => {
  const shelf = new Shelf({ tea: 5 });
  const lines = [{ productId: 'tea', quantity: 3 }, { productId: 'tea', quantity: 3 }];
  expect(shelf.play({ type: 'ReserveStock', data: { orderId: 'one', lines } })).toMatchObject([{ type: 'StockRejected' }]);
  shelf.play({ type: 'ReserveStock', data: { orderId: 'two', lines: lines.map((each) => ({ ...each, quantity: 2 })) } });
  expect(shelf.product('tea')).toMatchObject({ reserved: 4 });
});

test('a release that comes first answers, and bars the late reservation', () => {
  const shelf = new Shelf({ tea: 5, rum: 5 });
  expect(shelf.play(command('ReleaseStock', 'one', one))).toEqual([{ type: 'StockReleased', data: { orderId: 'one', lines: [] } }]);
  expect(shelf.play(command('ReserveStock', 'one', one))).toMatchObject([{ type: 'StockRejected', data: { reason: 'released-before-reserved' } }]);
  expect(shelf.play(command('ReserveStock', 'one', one))).toEqual([]);
  expect(shelf.product('tea')).toMatchObject({ reserved: 0 });
});

test('a release after a rejection answers too', () => {
  const shelf = new Shelf({ tea: 0, rum: 0 });
  shelf.play(command('ReserveStock', 'one', one));
  expect(shelf.play(command('ReleaseStock', 'one', one))).toMatchObject([{ type: 'StockReleased', data: { lines: [] } }]);
});

test('what is given back or sold is what was reserved, whatever the command says', () => {
  const shelf = new Shelf({ tea: 5, rum: 5 });
  shelf.play(command('ReserveStock', 'one', one));
  shelf.play(command('ReleaseStock', 'one', { tea: 5, rum: 5 }));
  expect([shelf.product('tea'), shelf.product('rum')]).toMatchObject([{ reserved: 0 }, { reserved: 0 }]);
});

const anyCommand = fc.record({
  type: fc.constantFrom('ReserveStock' as const, 'ReleaseStock' as const, 'SellStock' as const),
  orderId: fc.constantFrom('one', 'two', 'three'),
  wanted: fc.dictionary(fc.constantFrom('tea', 'rum', 'rope', '__proto__'), fc.integer({ min: 1, max: 6 }), { minKeys: 1 }),
}).map(({ type, orderId, wanted }) => command(type, orderId, wanted));

test('no commands, in any order and with repeats, break received = available + reserved + sold', () => {
  fc.assert(fc.property(fc.array(anyCommand, { maxLength: 40 }), (commands) => {
    const shelf = new Shelf({ tea: 10, rum: 5, rope: 0 });
    commands.forEach((each) => shelf.play(each));
    for (const [productId, state] of shelf.products) {
      if (state.status === 'absent') throw new Error(`${productId} vanished`);
      const held = [...shelf.reservations.values()].flatMap((each) => (each.status === 'reserved' ? each.lines : []))
        .filter((line) => line.productId === productId).reduce((sum, line) => sum + line.quantity, 0);
      expect(availableOf(state)).toBeGreaterThanOrEqual(0);
      expect(state.sold).toBeGreaterThanOrEqual(0);
      expect(state.reserved).toBe(held);
      expect(availableOf(state) + state.reserved + state.sold).toBe(state.received);
    }
  }), { numRuns: 300 });
});

test('no command has a second effect, and no order is both sold and given back', () => {
  fc.assert(fc.property(fc.array(anyCommand, { maxLength: 30 }), (commands) => {
    const shelf = new Shelf({ tea: 10, rum: 5, rope: 1 });
    for (const each of commands) {
      shelf.play(each);
      expect(shelf.play(each)).toEqual([]);
    }
    for (const orderId of shelf.reservations.keys()) {
      const story = shelf.events.filter((event) => 'orderId' in event.data && event.data.orderId === orderId && event.type.startsWith('Stock'));
      expect(story.filter((event) => event.type === 'StockReserved').length).toBeLessThanOrEqual(1);
      expect(story.filter((event) => event.type === 'StockReleased' || event.type === 'StockSold').length).toBeLessThanOrEqual(1);
    }
  }), { numRuns: 300 });
});
