-- Up Migration
create table entries (
  key text primary key collate "C",
  order_id text not null,
  amount bigint not null check (amount >= 0),
  currency text not null,
  payment_method text not null,
  status text not null check (status in ('taken', 'declined', 'refunded', 'closed')),
  reference text not null,
  charges integer not null check (charges >= 0),
  refunds integer not null check (refunds >= 0 and refunds <= charges),
  mended boolean not null default false,
  at timestamptz not null
);

comment on table entries is 'What the simulated payment provider did, by idempotency key';
comment on column entries.charges is 'How often money was taken under this key';
comment on column entries.refunds is 'How often money was given back under this key';
create index entries_by_order on entries (order_id);
