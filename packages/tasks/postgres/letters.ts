import type { DeadLetter, QueueDepth, Task } from '../port.ts';
import { queueOf } from '../topology.ts';
import type { Database } from './database.ts';
import type { Topologies } from './topologies.ts';

const DEPTHS = {
  name: 'tasks-depths',
  text: `
    with taken as (
      select queue, count(*) filter (where session is null) as ready, count(session) as unsettled from tasks.messages group by queue
    ), waiting as (
      select queue, count(*) filter (where ready_at <= now()) as due, count(*) filter (where ready_at > now()) as later
      from tasks.waiting group by queue
    ), dead as (
      select queue, count(*) as dead from tasks.dead group by queue
    )
    select q.name as queue, (coalesce(ready, 0) + coalesce(due, 0))::int as ready, coalesce(unsettled, 0)::int as unsettled,
      coalesce(later, 0)::int as retrying, coalesce(dead, 0)::int as dead
    from tasks.queues q
      left join taken on taken.queue = q.id left join waiting on waiting.queue = q.id left join dead on dead.queue = q.id
    order by q.name`,
};
const LETTERS = {
  name: 'tasks-letters',
  text: `
    select id::text as id, reason, attempts, (extract(epoch from at) * 1000)::float8 as at, task
    from tasks.dead where queue = $1 order by id limit $2`,
};
/** New ids: at the end of the queue. */
const REDRIVE = {
  name: 'tasks-redrive',
  text: `
    with back as (
      delete from tasks.dead where queue = $1 and ($2::bigint[] is null or id = any($2)) returning id, task
    ), given as (
      insert into tasks.messages (queue, task) select $1, task from back order by id returning id
    )
    select count(*)::int as count from given`,
};

export function depths(database: Database): Promise<QueueDepth[]> {
  return database.rows<QueueDepth & Record<string, unknown>>(DEPTHS);
}

export async function deadLetters(database: Database, topologies: Topologies, queue: string, limit: number): Promise<DeadLetter[]> {
  const { id } = queueOf(await topologies.read(), queue);
  const rows = await database.rows<Omit<DeadLetter, keyof Task> & { task: Task }>(LETTERS, [id, limit]);
  return rows.map(({ task, ...rest }) => ({ ...rest, ...task }));
}

export async function redrive(database: Database, topologies: Topologies, queue: string, ids: string[] | undefined): Promise<number> {
  const { id } = queueOf(await topologies.read(), queue);
  const [row] = await database.rows<{ count: number }>(REDRIVE, [id, ids?.filter((each) => /^\d{1,18}$/.test(each)) ?? null]);
  return row?.count ?? 0;
}
