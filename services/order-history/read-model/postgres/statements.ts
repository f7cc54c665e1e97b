/** Where a generation lives. Schema names are ours: they go into statements as they are. */
export type Schema = 'live' | 'next';

/**
 * What is held of orders ($1) and of other strands ($2, $3): one probe of a primary key each, whatever statistics there
 * are. Rows of orders have no `kind`.
 */
export function heldSql(schema: Schema): string {
  return `
    select held.order_id, null::smallint as kind, held.version, held.status, held.saga, held.saga_version
    from unnest($1::text[]) as wanted (order_id)
    cross join lateral (select * from ${schema}.orders where orders.order_id = wanted.order_id limit 1) as held
    union all
    select wanted.order_id, wanted.kind, newest.version, null, null, null
    from unnest($2::text[], $3::smallint[]) as wanted (order_id, kind)
    cross join lateral (
      select last_version as version from ${schema}.audit
      where audit.order_id = wanted.order_id and audit.kind = wanted.kind
      order by first_version desc limit 1
    ) as newest`;
}

/**
 * Positions, orders, audit trail and tally of batches of several partitions in one statement, which is one transaction
 * and one round trip. Batch n goes from `$3[n]` to `$4[n]`; one whose position is elsewhere writes nothing. Positions come
 * first, in one order: a rebuild that switches generations holds their table, and whoever waits for it looks all other
 * names up afterwards.
 */
export function applySql(schema: Schema): string {
  return `
    with wanted as (
      select * from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[]) with ordinality as batch (topic, partition, at, next, n)
    ), standing as materialized (
      select wanted.n, p.topic, p.partition, wanted.next from wanted
      join ${schema}.positions p on p.topic = wanted.topic and p.partition = wanted.partition and p.next = wanted.at
      order by p.topic, p.partition for update of p
    ), advanced as (
      update ${schema}.positions p set next = standing.next from standing
      where p.topic = standing.topic and p.partition = standing.partition returning standing.n
    ), begun as (
      insert into ${schema}.positions (topic, partition, next)
      select topic, partition, next from wanted where at is null order by topic, partition
      on conflict do nothing returning topic, partition
    ), moved as materialized (
      select n from advanced union all select n from wanted join begun using (topic, partition)
    ), changed as (
      insert into ${schema}.orders as held
        (order_id, version, status, customer_id, lines, amount, currency, placed_at, settled_at, reason, detail, saga, saga_version, updated_at)
      select order_id, version, status, customer_id, lines, amount, currency, placed_at, settled_at, reason, detail, saga, saga_version, updated_at
      from json_to_recordset($5::json) as new (n int, order_id text, version int, status text, customer_id text, lines json,
        amount bigint, currency text, placed_at bigint, settled_at bigint, reason text, detail text, saga text, saga_version int, updated_at bigint)
      where n in (select n from moved)
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
      select order_id, kind, first_version, last_version, entries
      from json_to_recordset($6::json) as new (n int, order_id text, kind smallint, first_version int, last_version int, entries json)
      where n in (select n from moved)
    ), counted as (
      insert into ${schema}.tally as held (topic, partition, name, count)
      select wanted.topic, wanted.partition, new.name, new.count
      from json_to_recordset($7::json) as new (n int, name text, count bigint) join wanted using (n) where n in (select n from moved)
      on conflict (topic, partition, name) do update set count = held.count + excluded.count
    )
    select n from moved`;
}
