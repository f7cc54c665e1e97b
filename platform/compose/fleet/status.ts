import type { Status } from '@tradewind/console/status.ts';
import { lotOf } from '@tradewind/embedded/adapters.ts';
import type { Brokers } from '@tradewind/embedded/brokers.ts';
import { behind } from '@tradewind/log/behind.ts';
import pg from 'pg';

const STORES = ['orders', 'customers', 'inventory', 'payments'] as const;
const PARKED = "select count(*)::int as records from parking.records where state = 'parked'";
const WAITING = 'select (select count(*)::int from outbox_log) as log, (select count(*)::int from outbox_tasks) as tasks';

/** What the console shows, read beside the services. */
export interface Observer {
  status(): Promise<Status>;
  close(): Promise<void>;
}

export interface Observed {
  /** Connection string of each database, by a user that may read it. */
  databases: Record<string, string>;
  brokers: Brokers;
  /** Orders and sagas by state, as `GET /history/counts` tells. */
  counts(): Promise<Pick<Status, 'orders' | 'sagas'>>;
}

export function observe({ databases, brokers: { log, tasks }, counts }: Observed): Observer {
  const pools = STORES.map((name) => ({ name, pool: poolOf(databases[name] ?? '') }));
  const lots = new Map<string, pg.Pool>(Object.entries(lotOf).map(([group, name]) => [group, poolOf(databases[name] ?? '')]));
  const groupOf = async (group: string): Promise<Status['groups'][number]> => {
    const [lag, parked] = await Promise.all([behind(log, group), lots.get(group)?.query<{ records: number }>(PARKED)]);
    return { group, lag, ...(parked && { parked: parked.rows[0]?.records ?? 0 }) };
  };
  return {
    async status() {
      const [{ orders, sagas }, queues, names, outboxes] = await Promise.all([
        counts(), tasks.depths(), log.groups(),
        Promise.all(pools.map(async ({ name, pool }) => ({ name, ...(await pool.query<{ log: number; tasks: number }>(WAITING)).rows[0] ?? { log: 0, tasks: 0 } }))),
      ]);
      const groups = await Promise.all(names.sort().map(groupOf));
      return { at: Date.now(), orders, sagas, queues, groups, outboxes, brokers: { log: log.features.adapter, tasks: tasks.features.adapter } };
    },
    async close() {
      await Promise.all([...pools.map(({ pool }) => pool), ...lots.values()].map((pool) => pool.end()));
    },
  };
}

/** Orders and sagas by state, as the gateway tells an operator. @throws Error when it does not. */
export async function countsAt(origin: string, token: string): Promise<Pick<Status, 'orders' | 'sagas'>> {
  const answer = await fetch(`${origin}/history/counts`, { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(5_000) });
  if (!answer.ok) throw new Error(`orders cannot be counted: status ${answer.status}`);
  return await answer.json() as Pick<Status, 'orders' | 'sagas'>;
}

function poolOf(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 5_000, query_timeout: 10_000 });
  pool.on('error', () => undefined);
  return pool;
}
