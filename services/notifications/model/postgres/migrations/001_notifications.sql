-- Up Migration
-- What customers were told, once per order and kind. Instants are epoch milliseconds.
create table notifications (
  order_id text collate "C" not null,
  kind text collate "C" not null,
  customer_id text collate "C" not null,
  subject text not null,
  text text not null,
  at bigint not null,
  primary key (order_id, kind)
);
create index on notifications (at, order_id, kind);
create index on notifications (customer_id, at, order_id, kind);

-- Down Migration
drop table notifications;
