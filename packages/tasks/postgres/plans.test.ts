import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { testDatabase } from '../../../test/database.ts';
import { until } from '../../../test/until.ts';
import { connect, type Database } from './database.ts';
import { migrate } from './migrate.ts';

const BACKLOG = 20_000;
/** A function's plans are kept from the sixth time on. */
const ROUNDS = 8;
const STEP = { name: 'step', text: 'select * from tasks.step($1, 0, $2, $3, $4, $5, $6, $7)' };
const AGAIN = { type: 'again', queue: 1, delayMs: 0, attempt: 2, retries: 1 };

let database: Awaited<ReturnType<typeof testDatabase>>;
let admin: pg.Client;
let session: Database;

beforeEach(async () => {
  database = await testDatabase();
  await migrate(database.url);
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  session = connect(database.url, 1);
});

afterEach(async () => {
  await admin.end();
  await database.drop();
});

test('a step looks up what it settles, puts back and takes, whatever came since its plans were made on empty tables', async () => {
  const { rows: [me] } = await admin.query<{ id: number }>('insert into tasks.sessions default values returning id');
  const put = (count: number) => admin.query(`insert into tasks.messages (queue, task) select 1, '{}' from generate_series(1, $1)`, [count]);
  const step = (room: number, done: number[] = [], again: number[] = []) => session.rows<{ id: number }>(STEP, [
    me?.id, done.map(() => 1), done, again.length > 0 ? JSON.stringify(again.map((id) => ({ ...AGAIN, id }))) : null, [1], [room], [0],
  ]);
  for (const table of ['messages', 'waiting', 'dead']) await admin.query(`vacuum analyze tasks.${table}`);
  for (let round = 0; round < ROUNDS; round += 1) {
    await put(3);
    const some = (await step(3)).map(({ id }) => id);
    await step(3, some.slice(1), some.slice(0, 1));
  }

  await put(BACKLOG);
  await admin.query(
    `insert into tasks.waiting (queue, ready_at, id, attempt, retries, redelivered, task)
     select 1, now() + interval '1 hour', 1000000 + n, 2, 1, false, '{}' from generate_series(1, $1) n`, [BACKLOG]);
  await admin.query('select pg_stat_reset()');
  const taken = (await step(10)).map(({ id }) => id);
  expect(taken).toHaveLength(10);
  await expect(step(10, taken.slice(2), taken.slice(0, 2))).resolves.toHaveLength(10);
  await session.close(); // its connection tells what it has read as it ends
  await until('the statistics say what was read', async () => await rowsRead() > 0, { withinMs: 10_000 });
  await expect(rowsRead()).resolves.toBeLessThan(500);
});

/** Rows of the queue that were found by an index or read one after another, as far as is known. */
async function rowsRead(): Promise<number> {
  const { rows: [found] } = await admin.query<{ read: number }>(
    `select sum(coalesce(idx_tup_fetch, 0) + seq_tup_read)::int as read from pg_stat_user_tables where schemaname = 'tasks' and relname in ('messages', 'waiting')`);
  return found?.read ?? 0;
}
