-- Up Migration
create schema log;

create table log.topics (
  topic_id     int generated always as identity primary key,
  name         text not null unique,
  partitions   int not null check (partitions > 0),
  retention_ms bigint
);

-- One counter a partition. Whoever publishes holds its row until the commit: offsets have no gap, and a
-- record is never seen before one with a smaller offset. Room is left in each page, so that an update
-- stays in it and touches no index.
create table log.partitions (
  partition_id int generated always as identity primary key,
  topic_id     int not null references log.topics,
  partition    int not null,
  first_offset bigint not null default 0,
  next_offset  bigint not null default 0,
  unique (topic_id, partition)
) with (fillfactor = 20);

-- A message is one line of JSON: it is never queried, and text is the cheapest to write and read. Up to
-- 8 kB it stays where it is, uncompressed.
create table log.records (
  partition_id  int not null,
  record_offset bigint not null,
  taken_at      bigint not null,
  message       text not null,
  primary key (partition_id, record_offset)
) with (toast_tuple_target = 8160);

create table log.members (
  group_name text not null,
  member_id  text not null,
  topics     int[] not null,
  expires_at timestamptz not null,
  primary key (group_name, member_id)
) with (fillfactor = 50);

-- One lease for each partition that a group reads, with the group's position in it: the next offset.
create table log.leases (
  group_name   text not null,
  partition_id int not null references log.partitions,
  position     bigint not null,
  holder       text,
  epoch        bigint not null default 0,
  expires_at   timestamptz,
  primary key (group_name, partition_id)
) with (fillfactor = 30);

-- Whoever leaves a transaction open over a counter is cut off, whichever program it is.
do $$ begin
  execute format('alter database %I set idle_in_transaction_session_timeout = %L', current_database(), '2s');
end $$;

-- Takes messages, one a line; `slots` and `places` say for each which of `ids` it goes to and as which
-- of that partition's. The counters are locked in the order of `ids`, which callers keep ascending: two
-- publishers cannot wait for each other. Returns the first offset given in each partition.
create function log.publish(ids int[], counts int[], lines text, slots int[], places int[]) returns bigint[] language plpgsql as $$
declare
  firsts bigint[] := '{}';
  given bigint;
  now_ms bigint;
begin
  for n in 1 .. cardinality(ids) loop
    update log.partitions set next_offset = next_offset + counts[n]
      where partition_id = ids[n] returning next_offset - counts[n] into strict given;
    firsts := firsts || given;
  end loop;
  now_ms := floor(extract(epoch from clock_timestamp()) * 1000);
  insert into log.records (partition_id, record_offset, taken_at, message)
    select ids[slot], firsts[slot] + place, now_ms, line
    from unnest(string_to_array(lines, E'\n'), slots, places) as message (line, slot, place);
  return firsts;
end $$;

-- The member lives for `ttl_ms` more, and so do its leases. Returns members and leases of the group as JSON.
create function log.beat(in_group text, in_member text, in_topics int[], ttl_ms int) returns json language plpgsql as $$
declare
  until timestamptz := clock_timestamp() + ttl_ms * interval '1 millisecond';
begin
  insert into log.members values (in_group, in_member, in_topics, until)
    on conflict (group_name, member_id) do update set topics = excluded.topics, expires_at = excluded.expires_at;
  delete from log.members where (group_name, member_id) in (
    select group_name, member_id from log.members
      where group_name = in_group and expires_at <= clock_timestamp() for update skip locked);
  with mine as materialized (
    select partition_id from log.leases where group_name = in_group and holder = in_member order by partition_id for update)
  update log.leases l set expires_at = until from mine where l.group_name = in_group and l.partition_id = mine.partition_id;
  return json_build_object(
    'members', (select coalesce(json_agg(json_build_array(member_id, topics)), '[]') from log.members
      where group_name = in_group and expires_at > clock_timestamp()),
    'claims', (select coalesce(json_agg(json_build_array(partition_id, epoch, case when expires_at > clock_timestamp() then holder end) order by partition_id), '[]')
      from log.leases where group_name = in_group));
end $$;

-- Moves a group's position in partitions nobody reads. Returns false, and changes nothing, while the group has members.
-- The epoch rises: a member that comes to itself after its lease ran out cannot commit over the new position.
create function log.seek(in_group text, ids int[], target text, wanted bigint) returns boolean language plpgsql as $$
begin
  perform 1 from log.leases where group_name = in_group and partition_id = any (ids) order by partition_id for update;
  if exists (select 1 from log.members where group_name = in_group and expires_at > clock_timestamp()) then
    return false;
  end if;
  insert into log.leases as l (group_name, partition_id, position)
    select in_group, partition_id, case target
        when 'beginning' then first_offset when 'end' then next_offset
        else least(greatest(wanted, first_offset), next_offset) end
      from log.partitions where partition_id = any (ids) order by partition_id
    on conflict (group_name, partition_id) do update
      set position = excluded.position, epoch = l.epoch + 1, holder = null, expires_at = null;
  return true;
end $$;

-- Drops records of a partition that are older than `keep_ms`, oldest first, `most` at a time. Returns how many.
create function log.retain(in_partition int, keep_ms bigint, most int) returns bigint language plpgsql as $$
declare
  oldest bigint;
  cut bigint;
  young bigint := floor(extract(epoch from clock_timestamp()) * 1000) - keep_ms;
begin
  select first_offset into strict oldest from log.partitions where partition_id = in_partition;
  select coalesce(min(record_offset) filter (where taken_at >= young), max(record_offset) + 1) into cut from (
    select record_offset, taken_at from log.records
      where partition_id = in_partition and record_offset >= oldest order by record_offset limit most) as first_ones;
  if cut is null or cut <= oldest then
    return 0;
  end if;
  delete from log.records where partition_id = in_partition and record_offset >= oldest and record_offset < cut;
  update log.partitions set first_offset = greatest(first_offset, cut) where partition_id = in_partition;
  return cut - oldest;
end $$;
