import { execFile } from 'node:child_process';
import path from 'node:path';
import { expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { testDatabase } from '../../test/database.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
jest.setTimeout(90_000);

/** Plays a service's own program, or its migration, with these variables and no others. */
function play(program: string, env: Record<string, string>): Promise<{ code: unknown; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [path.join(ROOT, 'services', program)], { cwd: ROOT, env: { LOG_LEVEL: 'silent', ...env } },
      (error, _out, err) => resolve({ code: error === null ? 0 : error.code, err }));
  });
}

async function tablesIn(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    "select table_schema || '.' || table_name as name from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema') order by 1",
  ).finally(() => client.end());
  return rows.map(({ name }) => name);
}

test.each([
  ['orders', ['public.events', 'public.event_store_migrations', 'parking.records']],
  ['customers', ['public.events']],
  ['inventory', ['public.events']],
  ['notifications', ['public.notifications_migrations']],
  ['order-history', ['live.orders', 'parking.records']],
])('the databases of %s are made by three at once, and once', async (service, wanted) => {
  const { url: DATABASE_URL, drop } = await testDatabase();
  const ended = await Promise.all([1, 2, 3].map(() => play(`${service}/migrate/main.ts`, { DATABASE_URL })));
  expect(ended).toEqual([1, 2, 3].map(() => ({ code: 0, err: '' })));
  const made = await tablesIn(DATABASE_URL);
  expect(made).toEqual(expect.arrayContaining(wanted));
  expect(await play(`${service}/migrate/main.ts`, { DATABASE_URL })).toEqual({ code: 0, err: '' });
  expect(await tablesIn(DATABASE_URL)).toEqual(made);
  await drop();
});

test("payments and its provider's book each get a database of their own", async () => {
  const [own, book] = await Promise.all([testDatabase(), testDatabase()]);
  expect(await play('payments/migrate/main.ts', { DATABASE_URL: own.url, PROVIDER_DATABASE_URL: book.url })).toEqual({ code: 0, err: '' });
  expect(await tablesIn(own.url)).toContain('public.events');
  expect(await tablesIn(book.url)).toEqual(expect.arrayContaining(['public.book_migrations']));
  expect(await tablesIn(book.url)).not.toContain('public.events');
  await Promise.all([own.drop(), book.drop()]);
});

test('what is wrong is one line: exit 2 for settings and refusals, 1 for a server that is not there', async () => {
  const { url, drop } = await testDatabase();
  const ended = await Promise.all([
    play('orders/migrate/main.ts', {}), play('orders/migrate/main.ts', { DATABASE_URL: url.replace(/\/test_\w+/, '/nowhere') }),
    play('orders/migrate/main.ts', { DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/orders', START_WITHIN_MS: '300' }),
  ]);
  expect(ended).toEqual([
    { code: 2, err: 'orders, migrating: DATABASE_URL: is missing\n' },
    { code: 2, err: expect.stringMatching(/^orders, migrating: PostgreSQL, database nowhere at .*\n$/) },
    { code: 1, err: expect.stringMatching(/^orders, migrating: PostgreSQL does not answer: (?!.*hunter2).*\n$/) },
  ]);
  await drop();
});
