import { expect, test } from '@jest/globals';
import pg from 'pg';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { localWakeup } from '@tradewind/chassis/wakeup.ts';
import { testDatabase } from '../../../test/database.ts';
import { messages } from '../contract/harness.ts';
import { openPostgresLog } from './log.ts';

test('a client that sits idle on a partition is cut off, and publishing goes on without a gap', async () => {
  const { url, drop } = await testDatabase();
  const log = await openPostgresLog({ url, clock: systemClock, random: systemRandom, wakeup: localWakeup() });
  await log.ensureTopics([{ name: 't', partitions: 1 }]);
  await log.publish('t', messages(3));

  const idler = new pg.Client({ connectionString: url });
  const cutOff = new Promise<string | undefined>((resolve) => {
    idler.on('error', (error: Error & { code?: string }) => { if (error.code) resolve(error.code); });
  });
  await idler.connect();
  await idler.query('begin');
  await idler.query(`select log.publish('{1}', '{1}', '{"key":"lost"}', '{1}', '{0}')`);
  const began = Date.now();
  const positions = await log.publish('t', messages(2, { first: 3 }));
  expect(Date.now() - began).toBeGreaterThan(500);
  expect(await cutOff).toBe('25P03');
  expect(positions.map((each) => each.offset)).toEqual([3, 4]);
  expect((await log.read('t', 0, 0, 10)).map((each) => each.offset)).toEqual([0, 1, 2, 3, 4]);

  await idler.end().catch(() => undefined);
  await log.close();
  await drop();
}, 10_000);
