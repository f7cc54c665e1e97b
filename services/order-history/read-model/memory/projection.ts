import type { AuditChunk, Changes, Held, HeldStrand, OrderChange, OrderPart, Tally } from '../../domain/changes.ts';
import { orderStatuses, sagaStates, type OrderView, type SagaState } from '../../domain/order-view.ts';
import { strandKey, type Strand } from '../../domain/strand.ts';
import { readModelErrors, type Advance, type Counts, type Projection } from '../port.ts';

interface Row { order?: OrderPart; saga?: SagaState; updatedAt: number }

/** One generation of the read model, in maps. */
export class MemoryProjection implements Projection {
  readonly positions = new Map<string, { topic: string; partition: number; next: number }>();
  readonly #rows = new Map<string, Row>();
  readonly #strands = new Map<string, HeldStrand>();
  readonly #audit = new Map<string, AuditChunk[]>();
  readonly #tally: Tally = {};

  position(topic: string, partition: number): Promise<number | undefined> {
    return Promise.resolve(this.positions.get(`${topic}/${partition}`)?.next);
  }

  held(strands: Strand[]): Promise<Held> {
    const held = new Map<string, HeldStrand>();
    for (const key of strands.map(strandKey)) {
      const strand = this.#strands.get(key);
      if (strand) held.set(key, strand);
    }
    return Promise.resolve(held);
  }

  apply(changes: Changes, { topic, partition, from, next }: Advance): Promise<void> {
    const key = `${topic}/${partition}`;
    if (this.positions.get(key)?.next !== from)
      return Promise.reject(readModelErrors.error('position-moved', `${key} is not at ${from}`));
    if (changes.audit.some((chunk) => this.audit(chunk.orderId).some(({ kind, first }) => kind === chunk.kind && first === chunk.first)))
      return Promise.reject(new Error(`${key}: a place in an audit trail is taken`));
    this.positions.set(key, { topic, partition, next });
    for (const change of changes.orders) this.#change(change);
    for (const chunk of changes.audit) this.#record(chunk);
    for (const [name, by] of Object.entries(changes.tally) as [keyof Tally, number][])
      this.#tally[name] = (this.#tally[name] ?? 0) + by;
    return Promise.resolve();
  }

  order(orderId: string): OrderView | undefined {
    const row = this.#rows.get(orderId);
    return row && view(orderId, row);
  }

  orders(): OrderView[] {
    return [...this.#rows].flatMap(([orderId, row]) => view(orderId, row) ?? []);
  }

  audit(orderId: string): AuditChunk[] {
    return this.#audit.get(orderId) ?? [];
  }

  counts(): Counts {
    return {
      orders: tallied(orderStatuses, (status) => this.#tally[`order:${status}`]),
      sagas: tallied(sagaStates, (state) => this.#tally[`saga:${state}`]),
    };
  }

  #change({ orderId, order, saga, updatedAt }: OrderChange): void {
    const row = this.#rows.get(orderId);
    this.#rows.set(orderId, {
      ...row,
      ...(order && { order: { ...row?.order, ...order } }),
      ...(saga && { saga: saga.state }),
      updatedAt: Math.max(updatedAt, row?.updatedAt ?? 0),
    });
    if (order) this.#strands.set(strandKey({ kind: 'order', orderId }), { version: order.version, status: order.status });
    if (saga) this.#strands.set(strandKey({ kind: 'saga', orderId }), { version: saga.version, saga: saga.state });
  }

  #record(chunk: AuditChunk): void {
    this.#audit.set(chunk.orderId, [...this.audit(chunk.orderId), chunk]);
    if (chunk.kind !== 'order' && chunk.kind !== 'saga') this.#strands.set(strandKey(chunk), { version: chunk.last });
  }
}

/** An order is seen from the moment that its placing is known; its saga may be known before. */
function view(orderId: string, { order, saga, updatedAt }: Row): OrderView | undefined {
  if (!order?.placed) return undefined;
  const { placed, settled, status, version } = order;
  return {
    orderId, customerId: placed.customerId, status, ...(saga && { saga }), lines: placed.lines, total: placed.total,
    ...(settled?.reason && { reason: settled.reason }), ...(settled?.detail && { detail: settled.detail }),
    placedAt: placed.at, ...(settled && { settledAt: settled.at }), version, updatedAt,
  };
}

function tallied<Name extends string>(names: readonly Name[], count: (name: Name) => number | undefined): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, count(name) ?? 0])) as Record<Name, number>;
}
