-- Up Migration

-- One sequence gives events and tasks their places: what an append sends stands in one order.
create sequence positions;

create table events (
  position bigint primary key default nextval('positions'),
  stream text collate "C" not null, -- names are compared byte by byte
  version int not null,
  envelope json not null,
  unique (stream, version)
);

-- What waits for the log is a reference: the envelope stays where it is.
create table outbox_log (
  id bigint primary key,
  at timestamptz not null default now()
);

create table outbox_tasks (
  id bigint primary key default nextval('positions'),
  at timestamptz not null default now(),
  exchange text not null,
  routing_key text not null,
  envelope json not null
);

create table relay_leases (
  lane text primary key,
  holder text not null,
  epoch int not null,
  expires_at timestamptz not null
);

create table inbox (
  consumer text collate "C",
  message_id text collate "C",
  at bigint not null,
  primary key (consumer, message_id)
);
create index inbox_at on inbox using brin (at);

create table answers (
  scope text collate "C",
  key text collate "C",
  fingerprint text not null,
  status int not null,
  headers json not null,
  body json,
  at bigint not null,
  primary key (scope, key)
);
create index answers_at on answers using brin (at);

create table timers (
  id text collate "C" primary key,
  due_at bigint not null,
  data json
);
create index timers_due on timers (due_at, id);

create table snapshots (
  stream text collate "C" primary key,
  version int not null,
  schema text not null,
  state json
);

-- Appends a group of acts in one statement. Each fails alone; no two of a group share a stream, an inbox
-- row, an answer or a timer (the caller sees to that).
--
-- A stream is locked by a number made from its name; `locks` has those of the whole group in ascending
-- order, without duplicates. Then come rows, by kind (inbox, answers, timers) and by name within a kind:
-- one order everywhere, so that no two groups wait for each other. A lock in memory and the newest event by
-- index cost less than a row for each stream would, and leave no dead rows behind.
--
-- Write k appends `counts[k]` events to `streams[k]` for the act `owners[k]` (counted from 1), expecting
-- `expected[k]` or, where that is null, anything. Event e belongs to write `event_writes[e]` and is the
-- `event_places[e]`-th of it. Of what is optional, null means none.
--
-- Returns for each act the code of its failure or null, and for each write the version found.
create function append_group(
  locks int[], acts int, streams text[], expected int[], counts int[], owners int[],
  envelopes json, event_writes int[], event_places int[],
  messages json, replies json, timings json, outgoing json, now_ms bigint,
  out failures text[], out heads int[]
) language plpgsql as $$
declare
  moved int[];    -- acts of which a stream has another version
  handled int[];  -- acts of which the message was handled before
  used int[];     -- acts of which the idempotency key has an answer
begin
  perform pg_advisory_xact_lock_shared(1702260323, 0); -- see read_all
  perform pg_advisory_xact_lock(1702260324, lock) from unnest(locks) lock;

  -- A statement of its own: its snapshot must be younger than the locks.
  select array_agg(coalesce((select version from events e where e.stream = s.name order by version desc limit 1), 0))
  into heads from unnest(streams) s(name);

  for k in 1..cardinality(streams) loop
    if heads[k] <> expected[k] then moved := moved || owners[k]; end if;
  end loop;

  if messages is not null then
    with wanted as materialized (
      select * from json_to_recordset(messages) as m(owner int, consumer text, id text)
    ), taken as (
      insert into inbox (consumer, message_id, at)
      select consumer, id, now_ms from wanted order by consumer collate "C", id collate "C"
      on conflict do nothing
      returning consumer, message_id
    )
    select array_agg(owner) into handled
    from wanted w where not exists (select from taken t where t.consumer = w.consumer and t.message_id = w.id);
  end if;

  if replies is not null then
    with wanted as materialized (
      select * from json_to_recordset(replies)
        as r(owner int, scope text, key text, fingerprint text, status int, headers json, body json, at bigint)
    ), kept as (
      insert into answers (scope, key, fingerprint, status, headers, body, at)
      select scope, key, fingerprint, status, headers, body, at from wanted order by scope collate "C", key collate "C"
      on conflict do nothing
      returning scope, key
    )
    select array_agg(owner) into used
    from wanted w where not exists (select from kept k where k.scope = w.scope and k.key = w.key);
  end if;

  if moved is not null or handled is not null or used is not null then
    perform withdraw(messages, replies, moved, handled, used);
    select array_agg(case
        when act = any(handled) then 'already-handled'
        when act = any(used) then 'key-used'
        when act = any(moved) then 'stream-conflict'
      end order by act)
    into failures from generate_series(1, acts) act;
  end if;

  if envelopes is not null then
    with stored as (
      insert into events (stream, version, envelope)
      select streams[event_writes[e.k]], heads[event_writes[e.k]] + event_places[e.k], e.envelope
      from json_array_elements(envelopes) with ordinality as e(envelope, k)
      where failures is null or failures[owners[event_writes[e.k]]] is null
      order by e.k
      returning position
    )
    insert into outbox_log (id) select position from stored;
  end if;

  if outgoing is not null then
    insert into outbox_tasks (exchange, routing_key, envelope)
    select o.exchange, o."routingKey", o.envelope
    from rows from (json_to_recordset(outgoing) as (owner int, exchange text, "routingKey" text, envelope json))
      with ordinality as o(owner, exchange, "routingKey", envelope, k)
    where failures is null or failures[o.owner] is null
    order by o.k;
  end if;

  if timings is not null then
    perform set_timers(timings, failures);
  end if;
end $$;

-- Takes back what the failed acts of a group have written so far.
create function withdraw(messages json, replies json, moved int[], handled int[], used int[]) returns void language plpgsql as $$
declare
  failed int[] := coalesce(moved, '{}') || coalesce(handled, '{}') || coalesce(used, '{}');
begin
  delete from inbox i using json_to_recordset(messages) as m(owner int, consumer text, id text)
  where m.owner = any(failed) and m.owner <> all(coalesce(handled, '{}')) and i.consumer = m.consumer and i.message_id = m.id;

  delete from answers a using json_to_recordset(replies) as r(owner int, scope text, key text)
  where r.owner = any(failed) and r.owner <> all(coalesce(used, '{}')) and a.scope = r.scope and a.key = r.key;
end $$;

-- Clears and sets timers: `dueAt` is null for one to clear.
create function set_timers(timings json, failures text[]) returns void language plpgsql as $$
begin
  perform from timers t
  where t.id in (select id from json_to_recordset(timings) as w(owner int, id text) where (failures is null or failures[w.owner] is null))
  order by t.id for update;

  delete from timers t using json_to_recordset(timings) as w(owner int, id text, "dueAt" bigint)
  where (failures is null or failures[w.owner] is null) and w."dueAt" is null and t.id = w.id;

  insert into timers (id, due_at, data)
  select w.id, w."dueAt", w.data from json_to_recordset(timings) as w(owner int, id text, "dueAt" bigint, data json)
  where (failures is null or failures[w.owner] is null) and w."dueAt" is not null
  order by w.id collate "C"
  on conflict (id) do update set due_at = excluded.due_at, data = excluded.data;
end $$;

-- A page of all events. Positions are given before the commit: without waiting for the appends that are
-- under way, a reader could see a later one and pass over an earlier one for good.
create function read_all(after bigint, up_to int) returns setof events language plpgsql as $$
begin
  perform pg_advisory_xact_lock(1702260323, 0);
  return query select * from events e where e.position > after order by e.position limit up_to;
end $$;

-- Down Migration

drop function append_group, withdraw, set_timers, read_all;
drop table events, outbox_log, outbox_tasks, relay_leases, inbox, answers, timers, snapshots;
drop sequence positions;
