import { storeErrors } from '@tradewind/event-store/port.ts';
import type { AuditChunk, Changes, OrderChange, OrderPart } from '../../domain/changes.ts';
import { strandKinds } from '../../domain/strand.ts';
import type { Advance } from '../projection.ts';
import type { Database } from './database.ts';
import { applySql, type Schema } from './statements.ts';

/** What a batch of one partition made, and where it takes that partition. */
export interface Batch { changes: Changes; advance: Advance }

type Outcome = PromiseSettledResult<boolean>;

export function weightOf({ changes }: Batch): number {
  return changes.orders.length + changes.audit.length;
}

/** Writes batches, each wholly or, where its partition is elsewhere by now, not at all: then its outcome is false. */
export function applier(query: Database['query'], schema: Schema): (batches: Batch[]) => Promise<Outcome[]> {
  const statement = { name: `apply-${schema}`, text: applySql(schema) };

  const write = async (batches: Batch[]): Promise<Outcome[]> => {
    try {
      const rows = await query<{ n: number }>(statement, parameters(batches));
      const moved = new Set(rows.map(({ n }) => n));
      return batches.map((_, at) => ({ status: 'fulfilled', value: moved.has(at + 1) }));
    } catch (reason) {
      if (batches.length === 1 || storeErrors.is(reason, 'store-unavailable')) return batches.map(() => ({ status: 'rejected', reason }));
      return inTurn(batches.map((each) => [each]));
    }
  };

  /** A batch that the server refuses fails alone. */
  const inTurn = async (parts: Batch[][]): Promise<Outcome[]> => {
    const outcomes: Outcome[] = [];
    for (const part of parts) outcomes.push(...await write(part));
    return outcomes;
  };

  return (batches) => inTurn(apart(batches));
}

/** One statement can change a row once: batches that share an order or a partition go one after another. */
function apart(batches: Batch[]): Batch[][] {
  const parts: Batch[][] = [];
  let taken = new Set<string>();
  for (const batch of batches) {
    const { topic, partition } = batch.advance;
    const keys = [`at ${topic}/${partition}`, ...batch.changes.orders.map(({ orderId }) => orderId)];
    if (parts.length === 0 || keys.some((key) => taken.has(key))) {
      parts.push([]);
      taken = new Set();
    }
    parts.at(-1)?.push(batch);
    for (const key of keys) taken.add(key);
  }
  return parts;
}

/** Rows are locked in one order, so that two consumers whose batches share orders can't wait for each other. */
function parameters(batches: Batch[]): unknown[] {
  const advances = batches.map(({ advance }) => advance);
  const orders = batches.flatMap(({ changes }, at) => changes.orders.map((change) => orderRow(change, at + 1)));
  return [
    advances.map(({ topic }) => topic), advances.map(({ partition }) => partition),
    advances.map(({ from }) => from ?? null), advances.map(({ next }) => next),
    rows(orders.sort((a, b) => (a.order_id < b.order_id ? -1 : 1))),
    rows(batches.flatMap(({ changes }, at) => changes.audit.map((chunk) => auditRow(chunk, at + 1)))),
    rows(batches.flatMap(({ changes }, at) => tallyRows(changes, at + 1))),
  ];
}

/** Columns of what did not change are left out, which makes them null, which keeps what is held. */
function orderRow({ orderId, order, saga, updatedAt }: OrderChange, n: number) {
  return {
    n, order_id: orderId, updated_at: updatedAt, ...(order && partRow(order)), ...(saga && { saga: saga.state, saga_version: saga.version }),
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

function auditRow({ orderId, kind, first, last, entries }: AuditChunk, n: number) {
  return { n, order_id: orderId, kind: strandKinds.indexOf(kind), first_version: first, last_version: last, entries };
}

function tallyRows({ tally }: Changes, n: number) {
  return Object.entries(tally).filter(([, by]) => by !== 0).map(([name, count]) => ({ n, name, count }));
}

/** No rows are null, which PostgreSQL has no work with. */
function rows(of: object[]): string | null {
  return of.length > 0 ? JSON.stringify(of) : null;
}
