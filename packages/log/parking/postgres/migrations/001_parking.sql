-- Up Migration
create schema parking;

create table parking.groups (
  group_name text primary key,
  departed   bigint not null default 0
);

-- One row a key that has parked records. Whoever parks, drops or removes one locks it: whether a later record waits
-- behind is decided while nobody takes away what it would wait for.
create table parking.keys (
  group_name text not null,
  key        text not null,
  wanted     boolean not null default false,
  holder     text,
  held_until timestamptz,
  primary key (group_name, key)
);

-- Instants are epoch milliseconds. Dropped records stay as evidence.
create table parking.records (
  record_id       bigint generated always as identity primary key,
  group_name      text not null,
  topic           text not null,
  partition       int not null,
  record_offset   bigint not null,
  taken_at        bigint not null,
  key             text not null,
  envelope        json not null,
  state           text not null default 'parked' check (state in ('parked', 'dropped')),
  code            text not null,
  reason          text not null,
  attempts        int not null,
  first_at        bigint not null,
  last_at         bigint not null,
  dropped_at      bigint,
  dropped_by      text,
  dropped_because text,
  unique (group_name, topic, partition, record_offset)
);
create index on parking.records (group_name, key, record_id) where state = 'parked';

-- Parks a record, unless it is not `failed` and its key is not parked: then it is free.
create function parking.park(
  in_group text, in_key text, failed boolean, in_topic text, in_partition int, in_offset bigint, in_taken bigint, in_envelope json,
  in_code text, in_reason text, in_attempts int, in_first bigint, in_last bigint
) returns text language plpgsql as $$
declare
  held text;
  blocked boolean := true;
begin
  if failed then
    insert into parking.keys (group_name, key) values (in_group, in_key)
      on conflict (group_name, key) do update set key = excluded.key;
  else
    perform 1 from parking.keys where group_name = in_group and key = in_key for update;
    blocked := found;
  end if;
  select state into held from parking.records
    where group_name = in_group and topic = in_topic and partition = in_partition and record_offset = in_offset;
  if held is not null then
    perform parking.release(in_group, in_key);
    return held;
  end if;
  if not blocked then
    return 'free';
  end if;
  insert into parking.records (group_name, topic, partition, record_offset, taken_at, key, envelope, code, reason, attempts, first_at, last_at)
    values (in_group, in_topic, in_partition, in_offset, in_taken, in_key, in_envelope, in_code, in_reason, in_attempts, in_first, in_last);
  return 'parked';
end $$;

-- Frees a key that has no parked record. Its row is locked already.
create function parking.release(in_group text, in_key text) returns void language sql as $$
  delete from parking.keys where group_name = in_group and key = in_key
    and not exists (select 1 from parking.records r where r.group_name = in_group and r.key = in_key and r.state = 'parked');
$$;

-- Locks the key of a parked record. Returns it, or null where no such record is parked.
create function parking.lock_key(in_group text, in_id bigint) returns text language plpgsql as $$
declare
  of_key text;
begin
  select key into of_key from parking.records where group_name = in_group and record_id = in_id and state = 'parked';
  perform 1 from parking.keys where group_name = in_group and key = of_key for update;
  return of_key;
end $$;

-- The record was handled.
create function parking.leave(in_group text, in_id bigint) returns void language plpgsql as $$
declare
  of_key text := parking.lock_key(in_group, in_id);
begin
  delete from parking.records where group_name = in_group and record_id = in_id and state = 'parked';
  if not found then
    return;
  end if;
  insert into parking.groups as g (group_name, departed) values (in_group, 1)
    on conflict (group_name) do update set departed = g.departed + 1;
  perform parking.release(in_group, of_key);
end $$;

-- Gives the record up. Returns whether it was parked.
create function parking.drop(in_group text, in_id bigint, in_at bigint, in_by text, because text) returns boolean language plpgsql as $$
declare
  of_key text := parking.lock_key(in_group, in_id);
begin
  update parking.records set state = 'dropped', dropped_at = in_at, dropped_by = in_by, dropped_because = because
    where group_name = in_group and record_id = in_id and state = 'parked';
  if not found then
    return false;
  end if;
  perform parking.release(in_group, of_key);
  return true;
end $$;

-- Down Migration
drop schema parking cascade;
