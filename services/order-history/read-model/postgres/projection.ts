import { Batched } from '@tradewind/chassis/system/batched.ts';
import type { HeldStrand } from '../../domain/changes.ts';
import type { OrderStatus, SagaState } from '../../domain/order-view.ts';
import { strandKey, strandKinds, type Strand } from '../../domain/strand.ts';
import { readModelErrors } from '../errors.ts';
import type { Projection } from '../projection.ts';
import { applier, weightOf, type Batch } from './apply.ts';
import type { Database } from './database.ts';
import { heldSql, type Schema } from './statements.ts';

interface HeldRow {
  order_id: string;
  /** Null where the row is an order's own. */
  kind: number | null;
  version: number | null;
  status: OrderStatus | null;
  saga: SagaState | null;
  saga_version: number | null;
}

/** Strands asked for in one statement, and rows written by one, unless a single call brings more. */
const MOST = 20_000;

/** The generation in `schema`. What several partitions ask or bring at the same time goes in one round trip. */
export function postgresProjection({ query }: Pick<Database, 'query'>, schema: Schema): Projection {
  const held = { name: `held-${schema}`, text: heldSql(schema) };

  const holding = async (strands: Strand[]): Promise<Map<string, HeldStrand>> => {
    const orders = new Set(strands.filter(ofOrder).map(({ orderId }) => orderId));
    const others = strands.filter((strand) => !ofOrder(strand));
    const found = new Map<string, HeldStrand>();
    const rows = await query<HeldRow & Record<string, unknown>>(held, [
      [...orders], others.map(({ orderId }) => orderId), others.map(({ kind }) => strandKinds.indexOf(kind)),
    ]);
    for (const row of rows) hold(found, row);
    return found;
  };

  /** Each call is given what is held of the strands of all: only its own have events in its partition. */
  const asking = new Batched<Strand[], Map<string, HeldStrand>>({
    send: async (calls) => {
      const found = await holding(calls.flat());
      return calls.map(() => found);
    },
    weigh: (strands) => strands.length, most: MOST,
  });
  const applying = new Batched<Batch, PromiseSettledResult<boolean>>({ send: applier(query, schema), weigh: weightOf, most: MOST });

  return {
    async position(topic, partition) {
      const rows = await query<{ next: number }>(`select next from ${schema}.positions where topic = $1 and partition = $2`, [topic, partition]);
      return rows[0]?.next;
    },

    held: async (strands) => (strands.length > 0 ? asking.add(strands) : new Map()),

    async apply(changes, advance) {
      const outcome = await applying.add({ changes, advance });
      if (outcome.status === 'rejected') throw outcome.reason;
      if (!outcome.value) throw readModelErrors.error('position-moved', `${advance.topic}/${advance.partition} is not at ${advance.from}`);
    },
  };
}

function ofOrder({ kind }: Strand): boolean {
  return kind === 'order' || kind === 'saga';
}

function hold(found: Map<string, HeldStrand>, { order_id: orderId, kind: index, version, status, saga, saga_version }: HeldRow): void {
  if (index === null) {
    if (version !== null && status) found.set(strandKey({ kind: 'order', orderId }), { version, status });
    if (saga_version !== null && saga) found.set(strandKey({ kind: 'saga', orderId }), { version: saga_version, saga });
    return;
  }
  const kind = strandKinds[index];
  if (kind && version !== null) found.set(strandKey({ kind, orderId }), { version });
}
