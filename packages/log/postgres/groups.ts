import { Batched } from '@tradewind/chassis/system/batched.ts';
import type { Claim, GroupStore, GroupView, Lease, Membership, PartitionOf, Taken } from '../group/store.ts';
import type { Database } from './database.ts';
import type { Reader } from './reader.ts';
import type { Topics } from './topics.ts';

const JOIN = { name: 'log-join', text: `
  insert into log.leases (group_name, partition_id, position)
  select $1, partition_id, case when $3 then next_offset else first_offset end
  from log.partitions where topic_id = any ($2) order by partition_id on conflict do nothing` };
const BEAT = { name: 'log-beat', text: 'select log.beat($1, $2, $3, $4)' };
const TAKE = { name: 'log-take', text: `
  with free as materialized (
    select partition_id from log.leases
    where group_name = $1 and partition_id = any ($3) and (holder is null or holder = $2 or expires_at <= clock_timestamp())
    order by partition_id for update)
  update log.leases l
  set holder = $2, epoch = epoch + 1, expires_at = clock_timestamp() + $4::int * interval '1 millisecond'
  from free where l.group_name = $1 and l.partition_id = free.partition_id
  returning l.partition_id, l.epoch, l.position` };
const COMMIT = { name: 'log-commit', text: `
  with held as materialized (
    select l.group_name, l.partition_id, wanted.next, wanted.n
    from unnest($1::text[], $2::int[], $3::text[], $4::bigint[], $5::bigint[]) with ordinality as wanted (group_name, partition_id, holder, epoch, next, n)
    join log.leases l on l.group_name = wanted.group_name and l.partition_id = wanted.partition_id
      and l.holder = wanted.holder and l.epoch = wanted.epoch
    order by l.group_name, l.partition_id for update of l)
  update log.leases l set position = held.next from held
  where l.group_name = held.group_name and l.partition_id = held.partition_id
  returning held.n` };
const RELEASE = { name: 'log-release', text: `
  update log.leases set holder = null, expires_at = null
  where group_name = $1 and partition_id = $2 and holder = $3 and epoch = $4` };
const LEAVE = { name: 'log-leave', text: `
  with gone as (delete from log.members where group_name = $1 and member_id = $2),
  held as materialized (
    select partition_id from log.leases where group_name = $1 and holder = $2 order by partition_id for update)
  update log.leases l set holder = null, expires_at = null from held
  where l.group_name = $1 and l.partition_id = held.partition_id` };

interface Storage { durable: Database; quick: Database; topics: Topics; reader: Reader }

/** The groups of a log in PostgreSQL: the server's clock says when a lease has run out. */
export function postgresGroups({ durable, quick, topics, reader }: Storage): GroupStore {
  const commits = new Batched<Commit, boolean>({ send: (batch) => commit(quick, topics, batch), weigh: () => 1, most: 100 });
  return {
    async join({ group, topics: names }, from) {
      const ids = (await topics.allNamed(names)).map((topic) => topic.id);
      await durable.rows(JOIN, [group, ids, from === 'end']);
    },
    async beat({ group, member, topics: names }, ttlMs) {
      const ids = (await topics.allNamed(names)).map((topic) => topic.id);
      const [row] = await quick.rows(BEAT, [group, member, ids, ttlMs]);
      return view(topics, row?.[0] as RawView);
    },
    take: (membership, partitions, ttlMs) => take({ quick, topics }, membership, partitions, ttlMs),
    commit: (lease, next) => commits.add({ lease, next }),
    async release(leases) {
      for (const lease of leases)
        await quick.rows(RELEASE, [lease.group, await topics.partitionId(lease), lease.member, lease.epoch]);
    },
    async leave({ group, member }) {
      await quick.rows(LEAVE, [group, member]);
    },
    fetch: (wanted) => reader.fetch(wanted),
  };
}

interface RawView { members: [member: string, topics: number[]][]; claims: [partition: number, epoch: number, holder: string | null][] }

async function view(topics: Topics, { members, claims }: RawView): Promise<GroupView> {
  await topics.learn(members.flatMap(([, ids]) => ids), claims.map(([id]) => id));
  return {
    members: members.map(([member, ids]) => ({ member, topics: ids.map((id) => topics.nameOfTopic(id)) })),
    claims: claims.map(([id, epoch, holder]): Claim => ({ ...topics.partition(id), epoch, ...(holder === null ? {} : { holder }) })),
  };
}

async function take(
  { quick, topics }: Pick<Storage, 'quick' | 'topics'>, { group, member }: Membership, partitions: PartitionOf[], ttlMs: number,
): Promise<Taken[]> {
  const ids = await Promise.all(partitions.map((each) => topics.partitionId(each)));
  const rows = await quick.rows(TAKE, [group, member, ids, ttlMs]) as [number, string, string][];
  return rows.map(([id, epoch, position]) => ({ lease: { group, member, ...topics.partition(id), epoch: Number(epoch) }, position: Number(position) }));
}

interface Commit { lease: Lease; next: number }

async function commit(quick: Database, topics: Topics, batch: Commit[]): Promise<boolean[]> {
  const ids = await Promise.all(batch.map(({ lease }) => topics.partitionId(lease)));
  const rows = await quick.rows(COMMIT, [
    batch.map(({ lease }) => lease.group), ids, batch.map(({ lease }) => lease.member), batch.map(({ lease }) => lease.epoch), batch.map(({ next }) => next),
  ]);
  const done = new Set(rows.map(([n]) => Number(n) - 1));
  return batch.map((_, n) => done.has(n));
}
