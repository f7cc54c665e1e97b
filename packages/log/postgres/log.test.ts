import { fileURLToPath } from 'node:url';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { localWakeup } from '@tradewind/chassis/wakeup.ts';
import { testDatabase } from '../../../test/database.ts';
import { logContract } from '../contract/log.contract.ts';
import type { Log } from '../port.ts';
import { postgresLogFeatures } from './features.ts';
import { openPostgresLog } from './log.ts';

logContract('the log on PostgreSQL', async () => {
  const { url, drop } = await testDatabase();
  const clients: Log[] = [];
  return {
    // Each has hints of its own: what reaches another client goes through the server, as between processes.
    async client() {
      const log = await openPostgresLog({ url, clock: systemClock, random: systemRandom, wakeup: localWakeup(), leaseMs: 60_000, retentionEveryMs: 50 });
      clients.push(log);
      return log;
    },
    consumer: { script: fileURLToPath(new URL('../contract/postgres-consumer.ts', import.meta.url)), options: { url } },
    async close() {
      await Promise.all(clients.map((each) => each.close()));
      await drop();
    },
  };
}, postgresLogFeatures);
