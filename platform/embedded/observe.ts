import type { Status } from '@tradewind/console/status.ts';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { behind } from '@tradewind/log/behind.ts';
import type { Log } from '@tradewind/log/port.ts';
import type { ReadModel } from '@tradewind/order-history/read-model/port.ts';
import type { Adapters } from './adapters.ts';

/** What the console shows, read from the ports. */
export async function statusOf({ stores, log, tasks }: Adapters, history: ReadModel): Promise<Status> {
  const [{ orders, sagas }, queues, groups, outboxes] = await Promise.all([
    history.counts(), tasks.depths(), lags(log),
    Promise.all(Object.entries(stores).map(async ([name, store]) => {
      const [toLog, toTasks] = await Promise.all([store.backlog('log'), store.backlog('tasks')]);
      return { name, log: toLog.rows, tasks: toTasks.rows };
    })),
  ]);
  return { at: clock.now(), orders, sagas, queues, groups, outboxes, brokers: { log: log.features.adapter, tasks: tasks.features.adapter } };
}

async function lags(log: Log): Promise<Status['groups']> {
  const groups = await log.groups();
  return Promise.all(groups.sort().map(async (group) => ({ group, lag: await behind(log, group) })));
}
