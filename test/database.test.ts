import { expect, test } from '@jest/globals';
import pg from 'pg';
import { testDatabase } from './database.ts';

test('the tests have a real PostgreSQL that writes durably', async () => {
  const database = await testDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query(`select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`);
  expect(rows).toEqual([{ fsync: 'on', commit: 'on' }]);
  await client.end();
  await database.drop();
});
