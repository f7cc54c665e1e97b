import { readModelErrors, type Generation } from '../port.ts';
import type { Database, Session } from './database.ts';
import { postgresProjection } from './projection.ts';

/** Any number, the same in every process: whoever holds it is the one that rebuilds. */
const REBUILD_LOCK = 4_207_198_114;

const TABLES = `
  create schema next;
  create table next.positions (like live.positions including all);
  create table next.orders (like live.orders including all excluding indexes, primary key (order_id)) with (fillfactor = 85);
  create table next.audit (like live.audit including all);
  create table next.tally (like live.tally including all)`;

/** The live generation's indexes that the new one lacks: those that only readers need are built when it is filled. */
const MISSING_INDEXES = `
  select replace(indexdef, ' ON live.', ' ON next.') as create from pg_indexes as live where schemaname = 'live'
  and not exists (select from pg_indexes where schemaname = 'next' and indexname = live.indexname)`;

/** Begins a generation in the schema `next`, with tables and indexes as the live one has. */
export async function beginGeneration(database: Database): Promise<Generation> {
  const session = await database.session();
  try {
    await claim(session);
  } catch (error) {
    await session.close();
    throw error;
  }
  let published = false;
  return {
    ...postgresProjection(database, 'next'),
    async publish() {
      for (const index of await session.query<{ create: string }>(MISSING_INDEXES)) await session.query(index.create);
      published ||= await switchOver(session);
      if (published) await session.query('drop schema if exists retired cascade').finally(() => session.close());
      return published;
    },
    async discard() {
      if (!published) await session.query('drop schema if exists next cascade').finally(() => session.close());
    },
  };
}

/** Should this process die, the server lets the lock go with the session, and the next rebuild clears what is left. */
async function claim({ query }: Session): Promise<void> {
  const [row] = await query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [REBUILD_LOCK]);
  if (!row?.locked) throw readModelErrors.error('rebuild-running');
  await query('drop schema if exists next, retired cascade');
  await query(TABLES);
}

/**
 * The live generation's positions are locked first: consumers finish what they are writing and wait, so the
 * comparison holds until the switch is committed. Reads go on meanwhile, and see one generation or the other.
 */
async function switchOver({ query }: Session): Promise<boolean> {
  await query('begin');
  try {
    await query('lock table live.positions in access exclusive mode');
    const [row] = await query<{ behind: boolean }>(`
      select exists (
        select from live.positions as old left join next.positions as new using (topic, partition)
        where coalesce(new.next, 0) < old.next
      ) as behind`);
    if (row?.behind === false) await query('alter schema live rename to retired; alter schema next rename to live');
    await query('commit');
    return row?.behind === false;
  } catch (error) {
    await query('rollback').catch(() => undefined);
    throw error;
  }
}
