import { fileURLToPath } from 'node:url';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { localWakeup } from '@tradewind/chassis/wakeup.ts';
import { testDatabase } from '../../../test/database.ts';
import { elsewhereProcess } from '../contract/process.ts';
import { tasksContract } from '../contract/tasks.contract.ts';
import type { Tasks } from '../port.ts';
import { openPostgresTasks, postgresTasksFeatures } from './tasks.ts';

const script = fileURLToPath(new URL('../contract/postgres-process.ts', import.meta.url));

tasksContract('the broker on PostgreSQL', async (patience) => {
  const { url, drop } = await testDatabase();
  const settings = { url, sessionMs: patience === 'short' ? 1_500 : 60_000, pollMs: 50 };
  const clients: Tasks[] = [];
  return {
    clock: systemClock,
    // Each has hints of its own: what reaches another client goes through the server, as between processes.
    async client() {
      const tasks = await openPostgresTasks({ ...settings, clock: systemClock, random: systemRandom, wakeup: localWakeup() });
      clients.push(tasks);
      return tasks;
    },
    elsewhere: (job) => elsewhereProcess(script, settings, job),
    async close() {
      await Promise.all(clients.map((each) => each.close()));
      await drop();
    },
  };
}, postgresTasksFeatures);
