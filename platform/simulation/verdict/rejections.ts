import { availableOf as creditOf, customer } from '@tradewind/customers/domain/customer.ts';
import { decodeFact } from '@tradewind/events/codec.ts';
import type { FactOf } from '@tradewind/events/facts/catalogue.ts';
import { stream } from '@tradewind/events/ids.ts';
import { availableOf as stockOf, product, type Product, type ProductEvent } from '@tradewind/inventory/domain/product.ts';
import type { World } from '../world/world.ts';
import type { Breach } from './breach.ts';

const invariant = 'rejections-are-just';

/** Nobody was refused what was there at that moment: books that add up say nothing of that. */
export function* rejectionBreaches(world: World): Iterable<Breach> {
  yield* ofCredit(world);
  yield* ofStock(world);
}

function* ofCredit({ durable }: World): Iterable<Breach> {
  for (const [subject, events] of durable.stores.customers.streams) {
    let state = customer.initial;
    for (const event of events) {
      const fact = decodeFact<Parameters<typeof customer.evolve>[1]['type']>(event);
      if (fact.type === 'CreditRejected' && fact.data.reason === 'credit-insufficient' && state.status === 'registered' && fact.data.amount.amount <= creditOf(state))
        yield { invariant, subject: fact.data.orderId, detail: `${subject} had ${creditOf(state)} left, and ${fact.data.amount.amount} was asked for` };
      state = customer.evolve(state, fact);
    }
  }
}

/** A rejection is appended at the versions of the shelves that it rests on: by position, they are as it saw them. */
function* ofStock(world: World): Iterable<Breach> {
  const shelves = new Map<string, Product>();
  for (const { event } of world.durable.stores.inventory.events) {
    const fact = decodeFact<ProductEvent['type'] | 'StockRejected'>(event);
    if (fact.type === 'StockRejected') yield* ofShelves(world, fact.data, (productId) => stockOf(shelves.get(productId) ?? product.initial));
    else if ('productId' in fact.data) shelves.set(fact.data.productId, product.evolve(shelves.get(fact.data.productId) ?? product.initial, fact));
  }
}

function* ofShelves(world: World, { orderId, reason, productIds }: FactOf<'StockRejected'>['data'], left: (productId: string) => number): Iterable<Breach> {
  const wanted = wantedOf(world, orderId);
  for (const productId of reason === 'stock-insufficient' ? productIds : [])
    if ((wanted.get(productId) ?? 0) <= left(productId))
      yield { invariant, subject: orderId, detail: `${left(productId)} of ${productId} were left, and ${wanted.get(productId)} were asked for` };
}

function wantedOf({ durable }: World, orderId: string): Map<string, number> {
  const [placed] = durable.stores.orders.streams.get(stream.order(orderId)) ?? [];
  return new Map(placed && decodeFact<'OrderPlaced'>(placed).data.lines.map(({ productId, quantity }) => [productId, quantity]));
}
