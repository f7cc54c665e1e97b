import type { Delivery, Verdict } from '../port.ts';
import type { Database } from './database.ts';

/** The oldest messages that are ready, up to what each queue has room for. */
const CLAIM = {
  name: 'tasks-claim',
  text: `with picked as (
      select m.id from unnest($1::text[], $2::int[]) as wanted (queue, room) cross join lateral (
        select id from tasks.messages where queue = wanted.queue and state = 'r' and ready_at <= now()
        order by id limit wanted.room for update skip locked) m)
    update tasks.messages m set state = 'c', session = $3, attempts = attempts + 1 from picked where m.id = picked.id
    returning m.id::text, queue, exchange, routing_key, envelope, attempts, redelivered`,
};
const DONE = { name: 'tasks-done', text: `delete from tasks.messages where id = any($1::bigint[]) and state = 'c' and session = $2` };
const AGAIN = {
  name: 'tasks-again',
  text: `update tasks.messages set state = 'r', session = null, reason = $3, attempts = attempts - $5,
    ready_at = now() + $4 * interval '1 ms' where id = $1 and state = 'c' and session = $2`,
};
const DEAD = {
  name: 'tasks-dead',
  text: `update tasks.messages set state = 'd', session = null, reason = $3, died_at = now() where id = $1 and state = 'c' and session = $2`,
};
const GIVE_BACK = {
  name: 'tasks-give-back',
  text: `update tasks.messages set state = 'r', session = null, attempts = attempts - 1
    where id = any($1::bigint[]) and state = 'c' and session = $2`,
};

interface Row { id: string; queue: string; exchange: string; routing_key: string; envelope: string; attempts: number; redelivered: boolean }

export interface Claim { id: string; delivery: Delivery }

/** Takes messages in the name of a session, oldest first in each queue. */
export async function claim(database: Database, session: string, room: Map<string, number>): Promise<Claim[]> {
  const { rows } = await database.query<Row & Record<string, unknown>>(CLAIM, [[...room.keys()], [...room.values()], session]);
  return rows.sort((a, b) => Number(a.id) - Number(b.id)).map(({ id, queue, exchange, routing_key: routingKey, envelope, attempts, redelivered }) => ({
    id, delivery: { queue, exchange, routingKey, envelope: JSON.parse(envelope) as Delivery['envelope'], attempt: attempts, redelivered },
  }));
}

export async function giveBack(database: Database, session: string, ids: string[]): Promise<void> {
  if (ids.length > 0) await database.query(GIVE_BACK, [ids, session]);
}

/** What becomes of a message, decided by its handler and its queue's policy. */
export type Settlement = { id: string } & (Verdict | { type: 'again'; reason: string; delayMs: number; spared: boolean });

/**
 * Writes settlements down. Those of a session that was taken for dead change nothing: another consumer has the message.
 * @returns how many did.
 */
export async function settle(database: Database, session: string, settlements: Settlement[]): Promise<number> {
  const done = settlements.filter((each) => each.type === 'done').map((each) => each.id);
  let count = done.length > 0 ? (await database.query(DONE, [done, session])).count : 0;
  for (const each of settlements) {
    if (each.type === 'again') count += (await database.query(AGAIN, [each.id, session, cut(each.reason), each.delayMs, each.spared ? 1 : 0])).count;
    if (each.type === 'dead') count += (await database.query(DEAD, [each.id, session, cut(each.reason)])).count;
  }
  return count;
}

/** A reason is for people; NUL has no place in PostgreSQL's text. */
function cut(reason: string): string {
  return reason.replaceAll('\u0000', '').slice(0, 2_000);
}
