import type { CommandOf } from '@tradewind/events/commands/catalogue.ts';
import type { Decider } from '@tradewind/events/decider.ts';
import type { FactOf } from '@tradewind/events/facts/catalogue.ts';
import { availableOf, type Product, type ShareEvent } from './product.ts';

export type StockCommand = CommandOf<'ReserveStock' | 'ReleaseStock' | 'SellStock'>;
export type ReservationEvent = FactOf<'StockReserved' | 'StockRejected' | 'StockReleased' | 'StockSold'>;

type Line = FactOf<'StockReserved'>['data']['lines'][number];
type Rejection = FactOf<'StockRejected'>['data']['reason'];

/** What became of an order's stock. `barred`: its release came first, and the reservation is still to come. */
export type Reservation =
  | { status: 'absent' | 'rejected' | 'barred' | 'released' | 'sold' }
  | { status: 'reserved'; lines: Line[] };

export const reservation: Pick<Decider<never, ReservationEvent, Reservation>, 'evolve' | 'initial'> = {
  evolve, initial: { status: 'absent' },
};

/** What follows for the order's reservation and for its products: to be appended together, or not at all. */
export interface StockDecision {
  reservation: ReservationEvent[];
  shares: ShareEvent[];
  /** Products whose state a rejection rests on. */
  restsOn: string[];
}

const NOTHING: StockDecision = { reservation: [], shares: [], restsOn: [] };

/** All lines or none. Total: what cannot be is a rejection. @param productOf state of each product of the command. */
export function decideStock(command: StockCommand, state: Reservation, productOf: (productId: string) => Product): StockDecision {
  switch (command.type) {
    case 'ReserveStock': return reserve(command.data, state, productOf);
    case 'ReleaseStock': return release(command.data.orderId, state);
    case 'SellStock': return sell(command.data.orderId, state);
  }
}

function reserve(
  { orderId, lines }: { orderId: string; lines: Line[] }, state: Reservation, productOf: (productId: string) => Product,
): StockDecision {
  const reject = (reason: Rejection, productIds: string[]): StockDecision =>
    ({ ...NOTHING, reservation: [{ type: 'StockRejected', data: { orderId, reason, productIds } }], restsOn: productIds });
  if (state.status === 'barred') return reject('released-before-reserved', []);
  if (state.status !== 'absent') return NOTHING;
  const wanted = totals(lines);
  const unknown = [...wanted.keys()].filter((productId) => productOf(productId).status === 'absent');
  if (unknown.length > 0) return reject('product-unknown', unknown);
  const short = [...wanted].filter(([productId, units]) => units > availableOf(productOf(productId)));
  if (short.length > 0) return reject('stock-insufficient', short.map(([productId]) => productId));
  return {
    reservation: [{ type: 'StockReserved', data: { orderId, lines } }], shares: shares('QuantityReserved', orderId, lines), restsOn: [],
  };
}

/** Always answers, since the saga waits: an order that holds nothing gives no lines back, and is barred if it could still come. */
function release(orderId: string, state: Reservation): StockDecision {
  switch (state.status) {
    case 'absent':
    case 'rejected':
      return { ...NOTHING, reservation: [{ type: 'StockReleased', data: { orderId, lines: [] } }] };
    case 'reserved':
      return {
        reservation: [{ type: 'StockReleased', data: { orderId, lines: state.lines } }],
        shares: shares('QuantityReleased', orderId, state.lines), restsOn: [],
      };
    default:
      return NOTHING;
  }
}

function sell(orderId: string, state: Reservation): StockDecision {
  if (state.status !== 'reserved') return NOTHING;
  return {
    reservation: [{ type: 'StockSold', data: { orderId, lines: state.lines } }],
    shares: shares('QuantitySold', orderId, state.lines), restsOn: [],
  };
}

function shares(type: ShareEvent['type'], orderId: string, lines: Line[]): ShareEvent[] {
  return lines.map(({ productId, quantity }) => ({ type, data: { productId, orderId, quantity } }));
}

/** A product may stand in more than one line. */
function totals(lines: Line[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { productId, quantity } of lines) units.set(productId, (units.get(productId) ?? 0) + quantity);
  return units;
}

function evolve(state: Reservation, event: ReservationEvent): Reservation {
  switch (event.type) {
    case 'StockReserved': return { status: 'reserved', lines: event.data.lines };
    case 'StockRejected': return { status: event.data.reason === 'released-before-reserved' ? 'released' : 'rejected' };
    case 'StockReleased': return { status: state.status === 'absent' ? 'barred' : 'released' };
    case 'StockSold': return { status: 'sold' };
  }
}
