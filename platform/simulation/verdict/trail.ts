import { factName } from '@tradewind/events/codec.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import { orderStatuses, type OrderView } from '@tradewind/order-history/domain/order-view.ts';
import { strandOf } from '@tradewind/order-history/domain/strand.ts';
import type { ReadModel } from '@tradewind/order-history/read-model/port.ts';
import type { World } from '../world/world.ts';
import type { Breach } from './breach.ts';

/** Each event of an order stands once in its audit trail, and each order counts once: by the stores, not by folding again. */
export async function trailBreaches(world: World, model: ReadModel): Promise<Breach[]> {
  const { orders } = await model.list({}, undefined, 1_000);
  const trails = await Promise.all(orders.map(({ orderId }) => model.audit(orderId)));
  const shown = Map.groupBy(trails.flat().flatMap(({ entries }) => entries), ({ id }) => id);
  return [...ofTrails(world, (id) => shown.get(id)?.length ?? 0), ...ofCounts(orders, (await model.counts()).orders)];
}

function* ofTrails({ durable }: World, times: (id: string) => number): Iterable<Breach> {
  for (const { events } of Object.values(durable.stores))
    for (const { event: { id, subject, streamversion, ...event } } of events)
      if (concernsOrder(event) && times(id) !== 1)
        yield { invariant: 'audit-trail-complete', subject, detail: `version ${streamversion} (${event.type}) stands in the trail ${times(id)} times` };
}

function* ofCounts(orders: OrderView[], counted: Record<OrderView['status'], number>): Iterable<Breach> {
  for (const status of orderStatuses) {
    const are = orders.filter((order) => order.status === status).length;
    if (counted[status] !== are) yield { invariant: 'counts-match-orders', subject: status, detail: `${counted[status]} are counted, ${are} are there` };
  }
}

function concernsOrder(event: Pick<Envelope, 'type'>): boolean {
  const name = factName(event);
  return name !== undefined && strandOf[name] !== 'none';
}
