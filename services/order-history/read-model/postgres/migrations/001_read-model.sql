-- Up Migration
-- One generation of the read model. A rebuild makes the same tables in the schema "next" and renames it to "live".
-- Instants are epoch milliseconds.
create schema live;

-- Next offset to fold of each partition; compared and set with every batch.
create table live.positions (
  topic text collate "C" not null,
  partition int not null,
  next bigint not null,
  primary key (topic, partition)
);

-- An order as its readers see it, with room on its page for what its saga changes. Columns of the order's stream are null while only its saga is known.
create table live.orders (
  order_id text collate "C" primary key,
  customer_id text collate "C",
  status text,
  reason text,
  detail text,
  lines json,
  amount bigint,
  currency text,
  placed_at bigint,
  settled_at bigint,
  version int,
  saga text,
  saga_version int,
  updated_at bigint not null
) with (fillfactor = 85);
create index on live.orders (placed_at, order_id);
create index on live.orders (customer_id, placed_at, order_id);
create index on live.orders (status, placed_at, order_id);

-- The audit trail: one row a strand and batch, so that a rebuild writes few. Rows are never changed.
create table live.audit (
  order_id text collate "C" not null,
  kind smallint not null,
  first_version int not null,
  last_version int not null,
  entries json not null,
  primary key (order_id, kind, first_version)
);

-- Orders by status and sagas by state, kept by partition so that no two consumers write one row.
create table live.tally (
  topic text collate "C" not null,
  partition int not null,
  name text not null,
  count bigint not null,
  primary key (topic, partition, name)
);

-- Down Migration
drop schema live cascade;
