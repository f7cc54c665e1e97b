/** Where a generation lives. Schema names are ours: they go into statements as they are. */
export type Schema = 'live' | 'next';

export function heldOrdersSql(schema: Schema): string {
  return `select order_id, version, status, saga, saga_version from ${schema}.orders where order_id = any($1)`;
}

/** Newest version held of each strand: one probe of the primary key each, whatever statistics there are. */
export function heldAuditSql(schema: Schema): string {
  return `
    select wanted.order_id, wanted.kind, newest.version
    from unnest($1::text[], $2::smallint[]) as wanted (order_id, kind)
    cross join lateral (
      select last_version as version from ${schema}.audit
      where audit.order_id = wanted.order_id and audit.kind = wanted.kind
      order by first_version desc limit 1
    ) as newest`;
}

/**
 * Position, orders, audit trail and tally of one batch in one statement, which is one transaction and one
 * round trip. Where the position is not at $3, nothing is written. The position comes first: a rebuild
 * that switches generations holds its table, and whoever waits for it looks all other names up afterwards.
 */
export function applySql(schema: Schema): string {
  return `
    with begun as (
      insert into ${schema}.positions (topic, partition, next) select $1, $2, $4 where $3::bigint is null
      on conflict do nothing returning true
    ), advanced as (
      update ${schema}.positions set next = $4 where topic = $1 and partition = $2 and next = $3::bigint returning true
    ), moved as (
      select from begun union all select from advanced
    ), changed as (
      insert into ${schema}.orders as held
        (order_id, version, status, customer_id, lines, amount, currency, placed_at, settled_at, reason, detail, saga, saga_version, updated_at)
      select new.* from moved, json_to_recordset($5::json) as new (order_id text, version int, status text, customer_id text, lines json,
        amount bigint, currency text, placed_at bigint, settled_at bigint, reason text, detail text, saga text, saga_version int, updated_at bigint)
      on conflict (order_id) do update set
        version = coalesce(excluded.version, held.version), status = coalesce(excluded.status, held.status),
        customer_id = coalesce(excluded.customer_id, held.customer_id), lines = coalesce(excluded.lines, held.lines),
        amount = coalesce(excluded.amount, held.amount), currency = coalesce(excluded.currency, held.currency),
        placed_at = coalesce(excluded.placed_at, held.placed_at), settled_at = coalesce(excluded.settled_at, held.settled_at),
        reason = coalesce(excluded.reason, held.reason), detail = coalesce(excluded.detail, held.detail),
        saga = coalesce(excluded.saga, held.saga), saga_version = coalesce(excluded.saga_version, held.saga_version),
        updated_at = greatest(excluded.updated_at, held.updated_at)
    ), recorded as (
      insert into ${schema}.audit (order_id, kind, first_version, last_version, entries)
      select new.* from moved, json_to_recordset($6::json) as new (order_id text, kind smallint, first_version int, last_version int, entries json)
    ), counted as (
      insert into ${schema}.tally as held (topic, partition, name, count)
      select $1, $2, new.* from moved, json_to_recordset($7::json) as new (name text, count bigint)
      on conflict (topic, partition, name) do update set count = held.count + excluded.count
    )
    select exists (select from moved) as moved`;
}
