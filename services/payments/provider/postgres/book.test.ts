import { expect, test } from '@jest/globals';
import pg from 'pg';
import { testDatabase } from '../../../../test/database.ts';
import { bookContract } from '../contract/book.contract.ts';
import { openPostgresBook } from './book.ts';

bookContract('PostgreSQL', async () => {
  const database = await testDatabase();
  const [book, other] = await Promise.all([openPostgresBook(database), openPostgresBook(database)]);
  return {
    book, again: async () => other,
    close: async () => {
      await Promise.all([book.close(), other.close()]);
      await database.drop();
    },
  };
});

test('a book outlives the connections it had', async () => {
  const database = await testDatabase();
  const book = await openPostgresBook(database);
  await book.refund('before', 1);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
  await client.end();
  const found = await book.find('before').catch(() => book.find('before'));
  expect(found).toMatchObject({ status: 'closed' });
  await book.close();
  await database.drop();
});

test('a book that cannot be reached says that nothing was read, and that a write may have been done', async () => {
  const database = await testDatabase();
  const book = await openPostgresBook(database);
  await database.drop();
  await expect(book.find('any')).rejects.toMatchObject({ code: 'provider-unavailable', canRetry: true });
  await expect(book.refund('any', 1)).rejects.toMatchObject({ code: 'provider-timeout', canRetry: true });
  await book.close();
});
