import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { localWakeup } from '@tradewind/chassis/wakeup.ts';
import { startPostgres } from '../../../platform/embedded/postgres/server.ts';
import { everything, message, number, until } from '../contract/harness.ts';
import { openPostgresLog } from './log.ts';

test('a server killed under load costs no record: publishers and consumers go on when it is back', async () => {
  const root = mkdtempSync('/var/tmp/tradewind-log-');
  chmodSync(root, 0o755);
  const folder = path.join(root, 'postgres');
  const quiet = { folder, say: () => undefined };
  const first = await startPostgres(quiet);
  const log = await openPostgresLog({ url: first.url('postgres'), clock: systemClock, random: systemRandom, wakeup: localWakeup(), leaseMs: 1_500 });
  await log.ensureTopics([{ name: 't', partitions: 2 }]);
  const seen: number[] = [];
  const member = await log.subscribe({ group: 'g', topics: ['t'], batch: 5 }, async (batch) => { seen.push(...batch.map(number)); });

  const refusals = new Set<unknown>();
  let published = 0;
  let running = true;
  const publishing = (async () => {
    while (running) {
      try {
        await log.publish('t', [message(`key-${published % 7}`, published)]);
        published += 1;
      } catch (error) {
        refusals.add((error as { code?: unknown }).code);
        await systemClock.sleep(20);
      }
    }
  })();
  await until('records flow', () => seen.length > 20);
  process.kill(first.pid, 'SIGKILL');
  await first.died;
  await until('a publisher was refused', () => refusals.size > 0);
  const second = await startPostgres({ ...quiet, port: first.port });
  const before = published;
  await until('records flow again', () => published > before + 20 && seen.length > before + 20);
  running = false;
  await publishing;

  await until('all came', async () => (await log.lag('g')).every(({ committed, next }) => committed === next));
  expect([...refusals]).toEqual(['log-unavailable']);
  expect(new Set(seen)).toEqual(new Set(Array.from({ length: published }, (_, n) => n)));
  const records = await everything(log, 't');
  for (const { partition, next } of await log.ends('t'))
    expect(records.filter((each) => each.partition === partition).map((each) => each.offset)).toEqual([...Array(next).keys()]);
  await member.stop();
  await log.close();
  await second.stop();
  rmSync(root, { recursive: true, force: true });
});

test('a log whose server does not answer says so when it is opened', async () => {
  const opening = openPostgresLog({ url: 'postgres://tradewind@127.0.0.1:1/none', clock: systemClock, random: systemRandom, wakeup: localWakeup() });
  await expect(opening).rejects.toMatchObject({ code: 'log-unavailable', canRetry: true });
});
