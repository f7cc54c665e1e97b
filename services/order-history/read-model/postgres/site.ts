import type { RebuildState } from '../../rebuild/state.ts';
import { readModelErrors } from '../errors.ts';
import type { Kept, Site } from '../generations.ts';
import type { Position } from '../projection.ts';
import type { Session } from './database.ts';
import { comparison, digest, DROP_DIGESTS, refresh } from './digests.ts';
import { postgresProjection } from './projection.ts';
import { Touched } from './touched.ts';

/** Records that may be left to catch up with while consumers wait. */
const MOST_UNDER_LOCK = 2_000;

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

const SWITCH = 'drop schema if exists retired cascade; alter schema live rename to retired; alter schema next rename to live';

/** The server ends the connection, and with it the lock, soon after its client is gone or stands still in the middle of a switch. */
const WATCHED = `
  set idle_in_transaction_session_timeout = 10000; set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3`;

/**
 * Builds in the schema `next`. Everything is written on the connection that holds the lock, so that whoever has lost the one
 * has lost the other.
 * @param aside another connection, on which the live generation is summed up while the candidate is filled.
 */
export async function openSite(session: Session, aside: Session): Promise<Site> {
  await session.query(WATCHED);
  const touched = new Touched();
  const projection = postgresProjection(session, 'next');
  let summing = Promise.resolve();

  return {
    ...projection,
    async apply(changes, advance) {
      await projection.apply(changes, advance);
      touched.note(changes.audit, advance);
    },
    async prepare() {
      await atOnce(session, () => prepare(session));
      touched.begin((await standing(session)).live);
      summing = digest(aside, 'live');
      summing.catch(() => undefined);
    },
    positions: () => standing(session),
    async compare() {
      for (const index of await session.query<{ create: string }>(MISSING_INDEXES)) await session.query(index.create);
      await summing;
      if (!touched.everything()) await digest(session, 'next');
      await refresh(session, touched.take());
    },
    switchOver: (catchUp, judge) => atOnce(session, async () => {
      await session.query('lock table live.positions in exclusive mode');
      const { candidate, live } = await standing(session);
      if (sum(live) - sum(candidate) > MOST_UNDER_LOCK) return undefined;
      await catchUp(live);
      if (!isLevel(await standing(session))) return undefined;
      await refresh(session, touched.take());
      const state = judge(await kept(session), await comparison(session));
      if (state.state === 'done') await session.query(`${DROP_DIGESTS}; ${SWITCH}`);
      return keep(session, state);
    }),
    async discard(ended) {
      await summing.catch(() => undefined);
      await atOnce(session, async () => {
        await session.query('drop schema if exists next cascade');
        await keep(session, ended(await kept(session)));
      });
    },
    async release() {
      await Promise.all([aside.close(), session.close()]);
    },
  };
}

/** All of `work` or nothing, on disk when it is done. */
async function atOnce<Result>({ query }: Session, work: () => Promise<Result>): Promise<Result> {
  await query('begin; set local synchronous_commit = on');
  try {
    const result = await work();
    await query('commit');
    return result;
  } catch (error) {
    await query('rollback').catch(() => undefined);
    throw error;
  }
}

async function prepare(session: Session): Promise<void> {
  const { query } = session;
  const state = await kept(session);
  if (state.from !== 'candidate') await query('drop schema if exists next cascade');
  if (state.from === 'retired') {
    if (!await exists(session, 'retired')) throw readModelErrors.error('nothing-retired');
    await query('alter schema retired rename to next');
  }
  if (!await exists(session, 'next')) await query(TABLES);
  await query(DROP_DIGESTS);
  if (state.from !== 'candidate') await keep(session, { ...state, from: 'candidate' });
}

async function exists({ query }: Session, schema: string): Promise<boolean> {
  return (await query('select from pg_namespace where nspname = $1', [schema])).length > 0;
}

async function standing({ query }: Session): Promise<{ candidate: Position[]; live: Position[] }> {
  const of = (schema: string) => query<Position & Record<string, unknown>>(`select topic, partition, next from ${schema}.positions order by topic, partition`);
  return { candidate: await of('next'), live: await of('live') };
}

function isLevel({ candidate, live }: { candidate: Position[]; live: Position[] }): boolean {
  return JSON.stringify(candidate) === JSON.stringify(live);
}

function sum(positions: Position[]): number {
  return positions.reduce((all, { next }) => all + next, 0);
}

/** Nobody else changes it until the transaction ends. */
async function kept({ query }: Session): Promise<RebuildState> {
  const [row] = await query<Kept & Record<string, unknown>>('select revision, state from rebuild for update');
  if (!row) throw new Error('the table "rebuild" has lost its row');
  return row.state;
}

async function keep({ query }: Session, state: RebuildState): Promise<RebuildState> {
  await query('update rebuild set state = $1, revision = revision + 1', [JSON.stringify(state)]);
  return state;
}
