/** A statement that the connection prepares once. */
export interface Statement { name: string; text: string }

/** Integers of 64 bits are offsets and instants: a number holds them exactly. */
const RECORD = `r.record_id::text as id, r.key, r.topic, r.partition, r.record_offset::float8 as offset, r.taken_at::float8 as "takenAt", r.envelope,
  r.state, r.code, r.reason, r.attempts, r.first_at::float8 as "firstAt", r.last_at::float8 as "lastAt",
  r.dropped_at::float8 as "droppedAt", r.dropped_by as "droppedBy", r.dropped_because as "droppedBecause"`;

const PLACE = `json_build_object('topic', topic, 'partition', partition, 'offset', record_offset)`;

export const STANDING: Statement = { name: 'parking-standing', text: `
  select
    (select coalesce(json_agg(key), '[]') from parking.keys where group_name = $1) as keys,
    (select coalesce(json_agg(${PLACE}), '[]') from parking.records where group_name = $1 and state = 'dropped') as dropped,
    (select count(*)::int from parking.records where group_name = $1 and state = 'parked') as records,
    exists (select 1 from parking.keys where group_name = $1 and wanted) as wanted,
    coalesce((select departed::float8 from parking.groups where group_name = $1), 0) as departed` };

export const PARK: Statement = { name: 'parking-park', text: 'select parking.park($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) as fate' };

export const REDRIVE: Statement = { name: 'parking-redrive', text: `
  with wanted as (update parking.keys set wanted = true where group_name = $1 and ($2::text is null or key = $2) returning key)
  select count(*)::int as records from parking.records r join wanted using (key) where r.group_name = $1 and r.state = 'parked'` };

export const CLAIM: Statement = { name: 'parking-claim', text: `
  with free as (
    select key from parking.keys
    where group_name = $1 and wanted and (holder is null or holder = $2 or held_until <= clock_timestamp())
    order by key limit $4 for update skip locked
  ), claimed as (
    update parking.keys k set holder = $2, held_until = clock_timestamp() + $3::int * interval '1 millisecond'
    from free where k.group_name = $1 and k.key = free.key returning k.key
  )
  select ${RECORD} from claimed cross join lateral (
    select * from parking.records p where p.group_name = $1 and p.key = claimed.key and p.state = 'parked' order by p.record_id limit 1
  ) as r` };

export const LEAVE: Statement = { name: 'parking-leave', text: 'select parking.leave($1, $2)' };

export const FAIL: Statement = { name: 'parking-fail', text: `
  with failed as (
    update parking.records set code = $3, reason = $4, first_at = case attempts when 0 then $6 else first_at end, attempts = $5, last_at = $7
    where group_name = $1 and record_id = $2 and state = 'parked' returning key
  )
  update parking.keys k set wanted = false, holder = null, held_until = null from failed where k.group_name = $1 and k.key = failed.key` };

export const DROP: Statement = { name: 'parking-drop', text: 'select parking.drop($1, $2, $3, $4, $5) as dropped' };

export const LIST: Statement = { name: 'parking-list', text: `
  select ${RECORD} from parking.records r
  where group_name = $1 and ($2::text is null or key = $2) and ($3::text is null or state = $3) order by record_id limit $4` };

export const FIND: Statement = { name: 'parking-find', text: `select ${RECORD} from parking.records r where group_name = $1 and record_id = $2::bigint` };

export const ASIDE: Statement = { name: 'parking-aside', text: `
  select topic, partition, record_offset::float8 as offset, key, state from parking.records where group_name = $1` };
