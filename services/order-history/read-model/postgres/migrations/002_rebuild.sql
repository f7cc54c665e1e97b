-- Up Migration
-- What is known of the last rebuild, as JSON; `revision` is compared and set. A generation that is being built lives in the
-- schema "next", the one that was read before in "retired": a later migration of "live" has to change or drop both.
create table rebuild (
  one boolean primary key default true check (one),
  revision bigint not null,
  state json not null
);
insert into rebuild (revision, state) values (0, '{"state":"never","from":"candidate","acceptDifferences":false,"records":0,"total":0}');

-- Down Migration
drop table rebuild;
