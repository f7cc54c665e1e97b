-- Up Migration
create schema if not exists tasks;

create table tasks.exchanges (name text primary key, kind text not null);

create table tasks.queues (
  name text primary key,
  policy text not null,
  -- Session that a temporary queue goes with.
  owner text
);

create table tasks.bindings (
  exchange text not null references tasks.exchanges,
  queue text not null references tasks.queues on delete cascade,
  pattern text not null,
  primary key (exchange, queue, pattern)
);

-- A process that consumes. Silent past `expires_at` it is dead: what it held comes again.
create table tasks.sessions (id text primary key, expires_at timestamptz not null);

create table tasks.messages (
  id bigint generated always as identity primary key,
  queue text not null references tasks.queues on delete cascade,
  exchange text not null,
  routing_key text not null,
  envelope text not null,
  attempts int not null default 0,
  ready_at timestamptz not null default '-infinity',
  -- r ready, c claimed, d dead
  state "char" not null default 'r',
  session text,
  redelivered boolean not null default false,
  reason text,
  died_at timestamptz
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

create index messages_ready on tasks.messages (queue, id) where state = 'r';
create index messages_claimed on tasks.messages (session) where state = 'c';
create index messages_dead on tasks.messages (queue, id) where state = 'd';

-- Raised by every change of exchanges, queues and bindings: whoever publishes routes by a copy of them.
create table tasks.topology (version bigint not null);
insert into tasks.topology values (1);
