import type { Clock } from '@tradewind/chassis/clock.ts';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import { VirtualClock } from '../../../test/virtual-clock.ts';
import type { Elsewhere, Job, TasksUnderTest } from '../contract/harness.ts';
import { tasksContract } from '../contract/tasks.contract.ts';
import { worker } from '../contract/worker.ts';
import { DurableTasks } from './durable.ts';
import { memoryTasks, memoryTasksFeatures, type MemoryTasks } from './tasks.ts';

tasksContract('the broker in memory', async (patience) => open(patience === 'short' ? 1_000 : 60_000), memoryTasksFeatures);

function open(sessionMs: number): TasksUnderTest {
  const clock = new VirtualClock();
  const shared = { durable: new DurableTasks(), random: seededRandom(1), sessionMs };
  const clients: MemoryTasks[] = [];
  const client = (own: Clock) => {
    const tasks = memoryTasks({ clock: own, ...shared });
    clients.push(tasks);
    return tasks;
  };
  return {
    clock,
    client: async () => client(clock),
    elsewhere: async (job) => elsewhere(clock, client, job),
    close: async () => void await Promise.all(clients.map((each) => each.close())),
  };
}

async function elsewhere(clock: Clock, client: (clock: Clock) => MemoryTasks, job: Job): Promise<Elsewhere> {
  const own = pausable(clock);
  const tasks = client(own.clock);
  const work = await worker(tasks, job);
  return {
    received: work.received, finished: work.finished,
    finish: async () => work.finish(),
    kill: async () => tasks.crash(),
    pause: own.pause, resume: own.resume,
  };
}

/** A clock whose timers, while it is paused, wait for its going on. */
function pausable(clock: Clock): { clock: Clock; pause(): void; resume(): void } {
  let paused = false;
  const missed: (() => void)[] = [];
  return {
    clock: {
      now: () => clock.now(),
      after: (ms, task) => clock.after(ms, () => (paused ? void missed.push(task) : task())),
      sleep: (ms, signal) => clock.sleep(ms, signal),
    },
    pause() { paused = true; },
    resume() {
      paused = false;
      for (const task of missed.splice(0)) task();
    },
  };
}
