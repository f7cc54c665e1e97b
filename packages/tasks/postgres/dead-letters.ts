import type { DeadLetter, QueueDepth } from '../port.ts';
import type { Database } from './database.ts';

const DEPTHS = {
  name: 'tasks-depths',
  text: `select q.name as queue,
      count(*) filter (where m.state = 'r' and m.ready_at <= now())::int as ready, count(*) filter (where m.state = 'c')::int as unsettled,
      count(*) filter (where m.state = 'r' and m.ready_at > now())::int as retrying, count(*) filter (where m.state = 'd')::int as dead
    from tasks.queues q left join tasks.messages m on m.queue = q.name group by q.name order by q.name`,
};
const LETTERS = {
  name: 'tasks-letters',
  text: `select id::text, reason, attempts, (extract(epoch from died_at) * 1000)::float8 as at, exchange, routing_key as "routingKey", envelope::json as envelope
    from tasks.messages where queue = $1 and state = 'd' order by died_at, id limit $2`,
};
/** They come back as new messages: at the end of the queue, with attempts counted anew. */
const REDRIVE = {
  name: 'tasks-redrive',
  text: `with dead as (delete from tasks.messages where queue = $1 and state = 'd' and ($2::bigint[] is null or id = any($2)) returning *)
    insert into tasks.messages (queue, exchange, routing_key, envelope, redelivered)
    select queue, exchange, routing_key, envelope, true from dead order by died_at, dead.id`,
};

export async function depths(database: Database): Promise<QueueDepth[]> {
  return (await database.query<QueueDepth & Record<string, unknown>>(DEPTHS)).rows;
}

export async function deadLetters(database: Database, queue: string, limit: number): Promise<DeadLetter[]> {
  return (await database.query<DeadLetter & Record<string, unknown>>(LETTERS, [queue, limit])).rows;
}

export async function redrive(database: Database, queue: string, ids: string[] | undefined): Promise<number> {
  return (await database.query(REDRIVE, [queue, ids ?? null])).count;
}
