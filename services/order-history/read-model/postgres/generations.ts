import type { GenerationName, Generations, GenerationSum, Kept } from '../generations.ts';
import type { Database, Session } from './database.ts';
import { openSite } from './site.ts';
import type { Schema } from './statements.ts';

/** Any number, the same in every process: whoever holds it is the one that builds. */
const REBUILD_LOCK = 4_207_198_114;

const schemas: Record<GenerationName, Schema | 'retired'> = { live: 'live', candidate: 'next', retired: 'retired' };

/** The generations in PostgreSQL, each in a schema of its own: `live`, `next`, `retired`. */
export function postgresGenerations(database: Database): Generations {
  const { query } = database;
  return {
    async kept() {
      const [row] = await query<Kept & Record<string, unknown>>('select revision, state from rebuild');
      if (!row) throw new Error('the table "rebuild" has lost its row');
      return row;
    },
    keep: async (state, revision) => (await query(KEEP, [JSON.stringify(state), revision])).length > 0,
    async list() {
      const present = new Set((await query<{ name: string }>('select nspname as name from pg_namespace')).map(({ name }) => name));
      const names = (Object.keys(schemas) as GenerationName[]).filter((name) => present.has(schemas[name]));
      return (await Promise.all(names.map((name) => sumOf(database, name)))).flat();
    },
    dropRetired: async () => void await query('drop schema if exists retired cascade'),
    async claim() {
      const session = await database.session();
      try {
        const [row] = await session.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [REBUILD_LOCK]);
        if (row?.locked) return await openSite(session, await database.session());
        await session.close();
        return undefined;
      } catch (error) {
        await session.close();
        throw error;
      }
    },
  };
}

/** Somebody waits for its answer to be there: its commit waits for the disk. */
const KEEP = `
  with durably as (select set_config('synchronous_commit', 'on', true))
  update rebuild set state = $1, revision = revision + 1 from durably where revision = $2 returning revision`;

/** A generation may go while it is summed up. */
async function sumOf({ query }: Pick<Session, 'query'>, name: GenerationName): Promise<GenerationSum[]> {
  const schema = schemas[name];
  try {
    const [row] = await query<{ orders: number; records: number }>(`
      select coalesce((select sum(count) from ${schema}.tally where name like 'order:%'), 0)::bigint as orders,
        coalesce((select sum(next) from ${schema}.positions), 0)::bigint as records`);
    return row ? [{ name, ...row }] : [];
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

const UNDEFINED = new Set(['42P01', '3F000']);

function isGone(error: unknown): boolean {
  return UNDEFINED.has((error as { code?: string }).code ?? '');
}

