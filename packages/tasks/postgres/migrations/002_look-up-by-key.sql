-- Up Migration
-- As before, with each row looked up by its key. Plans are made once: one that was made while a table was empty, and vacuumed,
-- took it for the smaller side of a join, and read all of a backlog that came afterwards.

create or replace function tasks.step(
  me int, my_epoch int, done_queues int[], done_ids bigint[], others json, wanted int[], rooms int[], floors bigint[]
) returns table (place int, id float8, attempt int, retries int, redelivered boolean, task json) language plpgsql as $$
declare
  taken int;
begin
  perform pg_advisory_xact_lock_shared(1952543595, me);
  if not exists (select from tasks.sessions s where s.id = me and s.epoch = my_epoch) then
    raise exception using errcode = 'TW001', message = 'the session is over';
  end if;

  if cardinality(done_ids) > 0 then
    delete from tasks.messages m
    where m.session = me and m.ctid = any(array(
      select held.ctid from unnest(done_queues, done_ids) as d(queue, id)
      cross join lateral (select h.ctid from tasks.messages h where h.queue = d.queue and h.id = d.id offset 0) as held
    ));
  end if;
  if others is not null then perform tasks.put_aside(me, others); end if;

  for k in 1 .. cardinality(wanted) loop
    return query
      with back as (
        delete from tasks.waiting w
        where w.ctid = any(array(
          select due.ctid from tasks.waiting due
          where due.queue = wanted[k] and due.ready_at <= now()
          order by due.ready_at, due.id limit rooms[k] for update skip locked
        ))
        returning w.*
      ), given as (
        insert into tasks.messages as m (queue, id, attempt, retries, session, redelivered, task)
        select b.queue, b.id, b.attempt, b.retries, me, b.redelivered, b.task from back b
        returning m.*
      )
      select k, g.id::float8, g.attempt, g.retries, g.redelivered, g.task from given g order by g.id;
    get diagnostics taken = row_count;
    continue when taken = rooms[k];
    return query
      update tasks.messages m set session = me
      where m.queue = wanted[k] and m.id = any(array(
        select oldest.id from tasks.messages oldest
        where oldest.queue = wanted[k] and oldest.id > floors[k] and oldest.session is null
        order by oldest.id limit rooms[k] - taken for update skip locked
      ))
      returning k, m.id::float8, m.attempt, m.retries, m.redelivered, m.task;
  end loop;
end $$;

create or replace function tasks.put_aside(me int, list json) returns void language plpgsql as $$
begin
  with settled as materialized (
    select s.* from json_to_recordset(list)
      as s(type text, queue int, id bigint, "delayMs" float8, attempt int, retries int, attempts int, reason text)
  ), gone as (
    delete from tasks.messages m
    where m.session = me and m.ctid = any(array(
      select held.ctid from settled s
      cross join lateral (select h.ctid from tasks.messages h where h.queue = s.queue and h.id = s.id offset 0) as held
    ))
    returning m.*
  ), kept as (
    insert into tasks.waiting (queue, ready_at, id, attempt, retries, redelivered, reason, task)
    select g.queue, now() + coalesce(s."delayMs", 0) * interval '1 ms', g.id,
      coalesce(s.attempt, g.attempt), coalesce(s.retries, g.retries), g.redelivered, s.reason, g.task
    from gone g join settled s on s.queue = g.queue and s.id = g.id where s.type <> 'dead'
  )
  insert into tasks.dead (queue, attempts, reason, task)
  select g.queue, s.attempts, s.reason, g.task
  from gone g join settled s on s.queue = g.queue and s.id = g.id where s.type = 'dead' order by g.id;
end $$;

-- Down Migration
