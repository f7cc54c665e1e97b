import { expect, test } from '@jest/globals';
import pg from 'pg';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { localWakeup } from '@tradewind/chassis/wakeup.ts';
import { testDatabase } from '../../../test/database.ts';
import { messages, until } from '../contract/harness.ts';
import { openPostgresLog } from './log.ts';

const HOUR_MS = 3_600_000;

test('what is too old goes, to the last record; the rest stays, and so does a topic that keeps all', async () => {
  const { url, drop } = await testDatabase();
  const log = await openPostgresLog({ url, clock: systemClock, random: systemRandom, wakeup: localWakeup(), retentionEveryMs: 20 });
  await log.ensureTopics([{ name: 'short', partitions: 1, retentionMs: HOUR_MS }, { name: 'kept', partitions: 1 }]);
  for (const topic of ['short', 'kept']) await log.publish(topic, messages(2_510));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`update log.records set taken_at = taken_at - ${2 * HOUR_MS} where record_offset < 2500`);

  await until('the old records are gone', async () => (await log.ends('short'))[0]?.first === 2_500);
  expect((await log.read('short', 0, 0, 100)).map((each) => each.offset)).toEqual(Array.from({ length: 10 }, (_, n) => 2_500 + n));
  const { rows } = await client.query<{ count: string }>('select count(*) from log.records where partition_id = 1');
  expect(rows).toEqual([{ count: '10' }]);
  expect(await log.ends('kept')).toEqual([{ partition: 0, first: 0, next: 2_510 }]);
  await client.end();
  await log.close();
  await drop();
});
