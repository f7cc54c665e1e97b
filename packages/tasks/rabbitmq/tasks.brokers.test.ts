import { fileURLToPath } from 'node:url';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { freshVhost } from '../../../test/brokers/vhost.ts';
import { elsewhereProcess } from '../contract/process.ts';
import { tasksContract } from '../contract/tasks.contract.ts';
import type { Tasks } from '../port.ts';
import { rabbitTasksFeatures } from './features.ts';
import { openRabbitTasks } from './tasks.ts';

const script = fileURLToPath(new URL('../contract/rabbitmq-process.ts', import.meta.url));

tasksContract('RabbitMQ', async (patience) => {
  const { url, management, drop } = await freshVhost();
  const settings = { url, management, heartbeatS: patience === 'short' ? 1 : 30 };
  const clients: Tasks[] = [];
  return {
    clock: systemClock,
    async client() {
      const tasks = await openRabbitTasks({ ...settings, name: 'contract', clock: systemClock, random: systemRandom });
      clients.push(tasks);
      return tasks;
    },
    elsewhere: (job) => elsewhereProcess(script, settings, job),
    async close() {
      await Promise.all(clients.map((each) => each.close()));
      await drop();
    },
  };
}, rabbitTasksFeatures);
