import { expect, test } from '@jest/globals';
import pg from 'pg';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { localWakeup } from '@tradewind/chassis/wakeup.ts';
import { testDatabase } from '../../../test/database.ts';
import { messages } from '../contract/harness.ts';
import { openPostgresLog } from './log.ts';

test('several that open a new database at once all get a log, on three connections each', async () => {
  const { url, drop } = await testDatabase();
  const logs = await Promise.all(Array.from({ length: 3 }, () =>
    openPostgresLog({ url, clock: systemClock, random: systemRandom, wakeup: localWakeup() })));
  await Promise.all(logs.map((log) => log.ensureTopics([{ name: 't', partitions: 2 }, { name: 'u', partitions: 1 }])));
  await Promise.all(logs.map((log) => log.publish('t', messages(10))));
  const seen = await Promise.all(logs.map(async (log) => {
    let count = 0;
    await log.subscribe({ group: systemRandom.id(), topics: ['t'] }, async (batch) => { count += batch.length; });
    while (count < 30) await systemClock.sleep(5);
    return count;
  }));
  expect(seen).toEqual([30, 30, 30]);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ count: string }>(`
    select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`);
  expect(Number(rows[0]?.count)).toBeLessThanOrEqual(9);
  await client.end();
  await Promise.all(logs.map((log) => log.close()));
  await drop();
});
