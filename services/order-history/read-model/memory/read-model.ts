import type { OrderView } from '../../domain/order-view.ts';
import { readModelErrors, type Cursor, type Generation, type OrderFilter, type OrderPage, type ReadModel } from '../port.ts';
import { MemoryProjection } from './projection.ts';

/** What a crash leaves: the generation that was live. */
export class DurableReadModel { live = new MemoryProjection(); }

/**
 * The read model in memory, as exact as the one in PostgreSQL.
 * @param durable shared by the incarnations and replicas of one service.
 */
export function memoryReadModel(durable = new DurableReadModel()): ReadModel {
  let building: MemoryProjection | undefined;

  const generation = (fresh: MemoryProjection): Generation => ({
    position: (topic, partition) => fresh.position(topic, partition),
    held: (strands) => fresh.held(strands),
    apply: (changes, advance) => fresh.apply(changes, advance),
    publish() {
      if (fresh === durable.live) return Promise.resolve(true);
      if (behind(fresh, durable.live)) return Promise.resolve(false);
      durable.live = fresh;
      building = undefined;
      return Promise.resolve(true);
    },
    discard() {
      if (building === fresh) building = undefined;
      return Promise.resolve();
    },
  });

  return {
    position: (topic, partition) => durable.live.position(topic, partition),
    held: (strands) => durable.live.held(strands),
    apply: (changes, advance) => durable.live.apply(changes, advance),
    order: (orderId) => Promise.resolve(durable.live.order(orderId)),
    list: (filter, cursor, limit) => Promise.resolve(page(durable.live.orders(), filter, cursor, limit)),
    audit: (orderId) => Promise.resolve(durable.live.audit(orderId)),
    counts: () => Promise.resolve(durable.live.counts()),
    positions: () => Promise.resolve([...durable.live.positions.values()].sort((a, b) => compare(a.topic, b.topic) || a.partition - b.partition)),
    beginGeneration() {
      if (building) return Promise.reject(readModelErrors.error('rebuild-running'));
      building = new MemoryProjection();
      return Promise.resolve(generation(building));
    },
    ping: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function behind(fresh: MemoryProjection, live: MemoryProjection): boolean {
  return [...live.positions].some(([key, { next }]) => (fresh.positions.get(key)?.next ?? 0) < next);
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

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
