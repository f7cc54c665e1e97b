import type { AuditChunk, Changes, HeldStrand, OrderChange, OrderPart } from '../../domain/changes.ts';
import type { OrderStatus, SagaState } from '../../domain/order-view.ts';
import { strandKey, strandKinds, type Strand } from '../../domain/strand.ts';
import { readModelErrors, type Projection } from '../port.ts';
import type { Database } from './database.ts';
import { applySql, heldAuditSql, heldOrdersSql, type Schema } from './statements.ts';

interface OrderRow { order_id: string; version: number | null; status: OrderStatus | null; saga: SagaState | null; saga_version: number | null }
interface AuditRow { order_id: string; kind: number; version: number }

/** The generation in `schema`. */
export function postgresProjection({ query }: Database, schema: Schema): Projection {
  const apply = { name: `apply-${schema}`, text: applySql(schema) };
  return {
    async position(topic, partition) {
      const rows = await query<{ next: number }>(`select next from ${schema}.positions where topic = $1 and partition = $2`, [topic, partition]);
      return rows[0]?.next;
    },

    async held(strands) {
      const held = new Map<string, HeldStrand>();
      const ofOrders = new Set(strands.filter(ofOrder).map(({ orderId }) => orderId));
      const others = strands.filter((strand) => !ofOrder(strand));
      await Promise.all([
        ofOrders.size > 0 && query<OrderRow>(heldOrdersSql(schema), [[...ofOrders]]).then((rows) => rows.forEach((row) => holdOrder(held, row))),
        others.length > 0 && query<AuditRow>(heldAuditSql(schema), [others.map(({ orderId }) => orderId), others.map(({ kind }) => strandKinds.indexOf(kind))])
          .then((rows) => rows.forEach((row) => holdOther(held, row))),
      ]);
      return held;
    },

    async apply(changes, { topic, partition, from, next }) {
      const [row] = await query<{ moved: boolean }>(apply, [
        topic, partition, from ?? null, next,
        rows(sorted(changes.orders).map(orderRow)), rows(changes.audit.map(auditRow)), rows(tallyRows(changes)),
      ]);
      if (!row?.moved) throw readModelErrors.error('position-moved', `${topic}/${partition} is not at ${from}`);
    },
  };
}

function ofOrder({ kind }: Strand): boolean {
  return kind === 'order' || kind === 'saga';
}

function holdOrder(held: Map<string, HeldStrand>, { order_id: orderId, version, status, saga, saga_version }: OrderRow): void {
  if (version !== null && status) held.set(strandKey({ kind: 'order', orderId }), { version, status });
  if (saga_version !== null && saga) held.set(strandKey({ kind: 'saga', orderId }), { version: saga_version, saga });
}

function holdOther(held: Map<string, HeldStrand>, { order_id: orderId, kind: index, version }: AuditRow): void {
  const kind = strandKinds[index];
  if (kind) held.set(strandKey({ kind, orderId }), { version });
}

/** Rows are locked in one order, so that two consumers whose batches share orders can't wait for each other. */
function sorted(orders: OrderChange[]): OrderChange[] {
  return orders.toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1));
}

/** Columns of what did not change are left out, which makes them null, which keeps what is held. */
function orderRow({ orderId, order, saga, updatedAt }: OrderChange): object {
  return {
    order_id: orderId, updated_at: updatedAt, ...(order && partRow(order)), ...(saga && { saga: saga.state, saga_version: saga.version }),
  };
}

function partRow({ version, status, placed, settled }: OrderPart): object {
  return {
    version, status,
    ...(placed && {
      customer_id: placed.customerId, lines: placed.lines, amount: placed.total.amount, currency: placed.total.currency, placed_at: placed.at,
    }),
    ...(settled && { settled_at: settled.at, reason: settled.reason, detail: settled.detail }),
  };
}

function auditRow({ orderId, kind, first, last, entries }: AuditChunk) {
  return { order_id: orderId, kind: strandKinds.indexOf(kind), first_version: first, last_version: last, entries };
}

function tallyRows({ tally }: Changes) {
  return Object.entries(tally).filter(([, by]) => by !== 0).map(([name, count]) => ({ name, count }));
}

/** No rows are null, which PostgreSQL has no work with. */
function rows(of: object[]): string | null {
  return of.length > 0 ? JSON.stringify(of) : null;
}
