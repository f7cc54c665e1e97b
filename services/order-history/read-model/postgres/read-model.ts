import type { AuditEntry } from '../../domain/changes.ts';
import { strandKinds } from '../../domain/strand.ts';
import type { ReadModel } from '../port.ts';
import { connect } from './database.ts';
import { postgresGenerations } from './generations.ts';
import { listSql } from './list.ts';
import { migrate } from './migrate.ts';
import { postgresProjection } from './projection.ts';
import { counts, ORDER_COLUMNS, view, type OrderRow } from './rows.ts';

interface AuditRow { kind: number; first_version: number; last_version: number; entries: AuditEntry[] }

/**
 * The read model in PostgreSQL.
 * @param url of a database of its own. `connections` at most, default 3, and two more while it is rebuilt.
 */
export async function openPostgresReadModel({ url, connections = 3 }: { url: string; connections?: number }): Promise<ReadModel> {
  await migrate(url);
  const database = connect(url, connections);
  const { query } = database;
  return {
    ...postgresProjection(database, 'live'),

    async order(orderId) {
      const [row] = await query<OrderRow>(`select ${ORDER_COLUMNS} from live.orders where order_id = $1 and placed_at is not null`, [orderId]);
      return row && view(row);
    },

    async list(filter, cursor, limit) {
      const { text, values } = listSql(filter, cursor, limit);
      const orders = (await query<OrderRow>(text, values)).map(view);
      const shown = orders.slice(0, limit);
      const last = shown.at(-1);
      return { orders: shown, ...(last && orders.length > limit && { next: { placedAt: last.placedAt, orderId: last.orderId } }) };
    },

    async audit(orderId) {
      const rows = await query<AuditRow>('select kind, first_version, last_version, entries from live.audit where order_id = $1', [orderId]);
      return rows.flatMap(({ kind: index, first_version: first, last_version: last, entries }) => {
        const kind = strandKinds[index];
        return kind ? [{ kind, orderId, first, last, entries }] : [];
      });
    },

    counts: async () => counts(await query('select name, sum(count)::bigint as count from live.tally group by name')),
    positions: () => query('select topic, partition, next from live.positions order by topic, partition'),
    generations: postgresGenerations(database),
    async ping() {
      await query('select');
    },
    close: () => database.close(),
  };
}
