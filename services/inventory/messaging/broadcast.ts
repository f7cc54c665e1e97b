import type { OutgoingTask } from '@tradewind/event-store/port.ts';
import { encodeCommand, type Stamp } from '@tradewind/events/codec.ts';
import { stream } from '@tradewind/events/ids.ts';
import { exchanges } from '@tradewind/events/topology.ts';

/** Tells every replica that keeps products in memory to drop this one. */
export function catalogueChanged(productId: string, stamp: Omit<Stamp, 'partitionkey'>): OutgoingTask {
  const command = { type: 'CatalogueChanged' as const, data: { productIds: [productId] } };
  return {
    exchange: exchanges.broadcast, routingKey: '',
    envelope: encodeCommand(command, { ...stamp, partitionkey: productId }, stream.product(productId)),
  };
}
