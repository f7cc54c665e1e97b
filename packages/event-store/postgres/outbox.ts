import type { Envelope } from '@tradewind/events/envelope.ts';
import type { Lane, Outbox, OutboxRow } from '../outbox.ts';
import type { Database, Statement } from './database.ts';
import { Horizon } from './horizon.ts';
import { stamped } from './read.ts';

const LEAD = {
  name: 'lead',
  text: `
    insert into relay_leases as l (lane, holder, epoch, expires_at)
    values ($1, $2, 1, clock_timestamp() + $3 * interval '1 ms')
    on conflict (lane) do update set holder = excluded.holder, expires_at = excluded.expires_at,
      epoch = l.epoch + case when l.holder = excluded.holder then 0 else 1 end
    where l.holder = excluded.holder or l.expires_at < clock_timestamp()
    returning epoch`,
};

const YIELD = {
  name: 'yield',
  text: `update relay_leases set expires_at = '-infinity' where lane = $1 and holder = $2`,
};

const SCAN: Record<Lane, Statement> = {
  log: {
    name: 'scan-log',
    text: `
      select o.id::float8 as id, e.stream, e.version, e.envelope
      from outbox_log o join events e on e.position = o.id
      where o.id > $1 order by o.id limit $2`,
  },
  tasks: {
    name: 'scan-tasks',
    text: `
      select id::float8 as id, exchange, routing_key, envelope from outbox_tasks
      where id > $1 order by id limit $2`,
  },
};

/** The lease row is locked, so that a delete and a change of leader come one after the other. */
const remove = (lane: Lane): Statement => ({
  name: `remove-${lane}`,
  text: `
    with leader as (select from relay_leases where lane = '${lane}' and epoch = $1 for share),
    removed as (delete from outbox_${lane} where id = any($2::bigint[]) and exists (select from leader))
    select exists (select from leader) as leads`,
});
const REMOVE = { log: remove('log'), tasks: remove('tasks') };

const backlog = (lane: Lane): Statement => ({
  name: `backlog-${lane}`,
  text: `
    select count(*)::int as rows, coalesce(extract(epoch from clock_timestamp() - min(at)) * 1000, 0)::float8 as oldest
    from outbox_${lane}`,
});
const BACKLOG = { log: backlog('log'), tasks: backlog('tasks') };

type Row =
  | { id: number; stream: string; version: number; envelope: Envelope }
  | { id: number; exchange: string; routing_key: string; envelope: Envelope };

/** The outbox rows of one database; those of the log go to `topic`. */
export function postgresOutbox(database: Database, topic: string): Outbox {
  const horizons = { log: new Horizon(database), tasks: new Horizon(database) };
  return {
    async lead(lane, holder, ttlMs) {
      const [row] = await database.query<{ epoch: number }>(LEAD, [lane, holder, ttlMs]);
      return row?.epoch;
    },
    async yield(lane, holder) {
      await database.query(YIELD, [lane, holder]);
    },
    async scan(lane, floor, limit) {
      const rows = await database.query<Row>(SCAN[lane], [floor, limit]);
      return rows.map((row) => outboxRow(row, topic));
    },
    horizon: (lane) => horizons[lane].look(),
    async remove(lane, epoch, ids) {
      const [row] = await database.query<{ leads: boolean }>(REMOVE[lane], [epoch, ids]);
      return row?.leads ?? false;
    },
    async backlog(lane) {
      const [row] = await database.query<{ rows: number; oldest: number }>(BACKLOG[lane]);
      return { rows: row?.rows ?? 0, oldestMs: Math.max(0, row?.oldest ?? 0) };
    },
  };
}

function outboxRow(row: Row, topic: string): OutboxRow {
  if ('exchange' in row)
    return { id: row.id, lane: 'tasks', exchange: row.exchange, routingKey: row.routing_key, envelope: row.envelope };
  const envelope = stamped(row.envelope, row.stream, row.version);
  return { id: row.id, lane: 'log', topic, key: envelope.partitionkey, envelope };
}
