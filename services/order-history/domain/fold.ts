import type { OrderEvent, SagaEvent } from '@tradewind/events/facts/catalogue.ts';
import { actor } from './actor.ts';
import type { AuditChunk, AuditEntry, Changes, Held, HeldStrand, OrderChange, OrderPart, Tally } from './changes.ts';
import type { Occurrence } from './occurrence.ts';
import { sagaState } from './saga-state.ts';
import { plain, summary } from './summary.ts';

/**
 * What a batch of events makes of a read model: at most one change an order, one chunk of audit trail a
 * strand. Events whose place in their stream is held, or comes twice in the batch, have no effect.
 * @param held what the model has of the strands that the events belong to.
 */
export function fold(events: Iterable<Occurrence>, held: Held): Changes {
  const batch: Batch = { held: new Map(held), orders: new Map(), audit: new Map(), tally: {}, duplicates: 0 };
  for (const event of events) take(batch, event);
  return {
    orders: [...batch.orders.values()], audit: [...batch.audit.values()], tally: batch.tally, duplicates: batch.duplicates,
  };
}

interface Batch {
  held: Map<string, HeldStrand>;
  orders: Map<string, OrderChange>;
  audit: Map<string, AuditChunk>;
  tally: Tally;
  duplicates: number;
}

function take(batch: Batch, event: Occurrence): void {
  const before = batch.held.get(event.key);
  if (before && event.version <= before.version) {
    batch.duplicates += 1;
    return;
  }
  const at = Date.parse(event.envelope.time);
  batch.held.set(event.key, change(batch, event, before, at));
  record(batch, event, at);
}

/** Takes the event into its order's change. @returns what is held of the strand from then on. */
function change(batch: Batch, event: Occurrence, before: HeldStrand | undefined, at: number): HeldStrand {
  const { kind, orderId, version, fact } = event;
  if (kind !== 'order' && kind !== 'saga') return { version };
  const order = batch.orders.get(orderId) ?? { orderId, updatedAt: at };
  batch.orders.set(orderId, order);
  order.updatedAt = Math.max(order.updatedAt, at);
  if (kind === 'order') {
    order.order = orderPart(order.order, fact as OrderEvent, version, at);
    move(batch.tally, before?.status && `order:${before.status}`, `order:${order.order.status}`);
    return { version, status: order.order.status };
  }
  const state = sagaState(before?.saga, fact as SagaEvent);
  order.saga = { version, state };
  move(batch.tally, before?.saga && `saga:${before.saga}`, `saga:${state}`);
  return { version, saga: state };
}

function orderPart(before: OrderPart | undefined, event: OrderEvent, version: number, at: number): OrderPart {
  switch (event.type) {
    case 'OrderPlaced': {
      const { customerId, lines, total } = event.data;
      return { ...before, version, status: 'placed', placed: { customerId, lines, total, at } };
    }
    case 'OrderConfirmed':
      return { ...before, version, status: 'confirmed', settled: { at } };
    case 'OrderCancelled': {
      const { reason, detail } = event.data;
      return { ...before, version, status: 'cancelled', settled: { at, reason, ...(detail && { detail: plain(detail) }) } };
    }
  }
}

function move(tally: Tally, from: keyof Tally | undefined, to: keyof Tally): void {
  if (from === to) return;
  if (from) tally[from] = (tally[from] ?? 0) - 1;
  tally[to] = (tally[to] ?? 0) + 1;
}

function record(batch: Batch, { key, kind, orderId, version, fact, envelope }: Occurrence, at: number): void {
  const entry: AuditEntry = {
    version, at, type: envelope.type, id: envelope.id, causation: envelope.causationid,
    actor: actor(fact, envelope), summary: summary(fact),
  };
  const chunk = batch.audit.get(key);
  if (!chunk) {
    batch.audit.set(key, { kind, orderId, first: version, last: version, entries: [entry] });
    return;
  }
  chunk.last = version;
  chunk.entries.push(entry);
}
