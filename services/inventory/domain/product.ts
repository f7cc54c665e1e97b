import { Refusal, type Decider } from '@tradewind/events/decider.ts';
import type { FactOf } from '@tradewind/events/facts/catalogue.ts';
import type { Money } from '@tradewind/events/money.ts';

export type ProductCommand =
  | { type: 'RegisterProduct'; data: { productId: string; name: string; price: Money } }
  | { type: 'ReceiveStock'; data: { productId: string; quantity: number } };

/** A product's share of what happens to a reservation. */
export type ShareEvent = FactOf<'QuantityReserved' | 'QuantityReleased' | 'QuantitySold'>;
export type ProductEvent = FactOf<'ProductRegistered' | 'StockReceived'> | ShareEvent;

/**
 * Units of one product: received = available + reserved + sold. It stays this small however long its
 * stream grows; which order holds what stands in the orders' reservations.
 */
export type Product =
  | { status: 'absent' }
  | { status: 'registered'; name: string; price: Money; received: number; reserved: number; sold: number };

type Registered = Extract<Product, { status: 'registered' }>;

export const product: Decider<ProductCommand, ProductEvent, Product> = { decide, evolve, initial: { status: 'absent' } };

/** @throws Refusal `product-exists` · `product-unknown` */
function decide(command: ProductCommand, state: Product): ProductEvent[] {
  switch (command.type) {
    case 'RegisterProduct':
      if (state.status === 'registered') throw new Refusal('product-exists', 'This product is registered already.');
      return [{ type: 'ProductRegistered', data: command.data }];
    case 'ReceiveStock':
      if (state.status === 'absent') throw new Refusal('product-unknown', 'There is no such product.');
      return [{ type: 'StockReceived', data: command.data }];
  }
}

function evolve(state: Product, event: ProductEvent): Product {
  if (event.type === 'ProductRegistered') {
    const { name, price } = event.data;
    return { status: 'registered', name, price, received: 0, reserved: 0, sold: 0 };
  }
  return state.status === 'absent' ? state : { ...state, ...counted(state, event) };
}

function counted(
  { received, reserved, sold }: Registered, event: Exclude<ProductEvent, { type: 'ProductRegistered' }>,
): Partial<Registered> {
  const { quantity } = event.data;
  switch (event.type) {
    case 'StockReceived': return { received: received + quantity };
    case 'QuantityReserved': return { reserved: reserved + quantity };
    case 'QuantityReleased': return { reserved: reserved - quantity };
    case 'QuantitySold': return { reserved: reserved - quantity, sold: sold + quantity };
  }
}

/** Units that can still be reserved; none of a product that nobody registered. */
export function availableOf(state: Product): number {
  return state.status === 'absent' ? 0 : state.received - state.reserved - state.sold;
}
