import { decodeFact, factName } from '@tradewind/events/codec.ts';
import type { World } from '../world/world.ts';
import type { Breach } from './breach.ts';

/** What arrived of each product is what was delivered, however often that had to be said. */
export function* deliveryBreaches({ durable }: World, delivered: ReadonlyMap<string, number>): Iterable<Breach> {
  const received = new Map<string, number>();
  for (const { event } of durable.stores.inventory.events) {
    if (factName(event) !== 'StockReceived') continue;
    const { productId, quantity } = decodeFact<'StockReceived'>(event).data;
    received.set(productId, (received.get(productId) ?? 0) + quantity);
  }
  for (const productId of new Set([...delivered.keys(), ...received.keys()])) {
    const [are, were] = [received.get(productId) ?? 0, delivered.get(productId) ?? 0];
    if (are !== were) yield { invariant: 'deliveries-count-once', subject: productId, detail: `${were} units were delivered, ${are} received` };
  }
}
