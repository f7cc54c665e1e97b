import type { OrderView } from '../../domain/order-view.ts';
import type { Cursor, OrderFilter, OrderPage, ReadModel } from '../port.ts';
import { DurableReadModel, memoryGenerations } from './generations.ts';
import { compare } from './projection.ts';

/**
 * The read model in memory, as exact as the one in PostgreSQL.
 * @param durable shared by the incarnations and replicas of one service.
 */
export function memoryReadModel(durable = new DurableReadModel()): ReadModel {
  const holder = {};
  return {
    position: (topic, partition) => durable.live.position(topic, partition),
    held: (strands) => durable.live.held(strands),
    apply: (changes, advance) => durable.live.apply(changes, advance),
    order: (orderId) => Promise.resolve(durable.live.order(orderId)),
    list: (filter, cursor, limit) => Promise.resolve(page(durable.live.orders(), filter, cursor, limit)),
    audit: (orderId) => Promise.resolve(durable.live.audit(orderId)),
    counts: () => Promise.resolve(durable.live.counts()),
    positions: () => Promise.resolve(durable.live.standing()),
    generations: memoryGenerations(durable, holder),
    ping: () => Promise.resolve(),
    close() {
      if (durable.builder?.holder === holder) durable.endClaim();
      return Promise.resolve();
    },
  };
}

function page(orders: OrderView[], filter: OrderFilter, cursor: Cursor | undefined, limit: number): OrderPage {
  const { customerId, status, placedAfter = -Infinity, placedBefore = Infinity } = filter;
  const found = orders
    .filter((order) => (!customerId || order.customerId === customerId) && (!status || order.status === status)
      && order.placedAt > placedAfter && order.placedAt < placedBefore && (!cursor || newestFirst(cursor, order) < 0))
    .sort(newestFirst);
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return { orders: shown, ...(last && found.length > limit && { next: { placedAt: last.placedAt, orderId: last.orderId } }) };
}

function newestFirst(a: Cursor, b: Cursor): number {
  return b.placedAt - a.placedAt || compare(b.orderId, a.orderId);
}
