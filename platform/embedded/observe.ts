import type { Status } from '@tradewind/console/status.ts';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { behind } from '@tradewind/log/behind.ts';
import type { Log } from '@tradewind/log/port.ts';
import type { ReadModel } from '@tradewind/order-history/read-model/port.ts';
import type { Adapters } from './adapters.ts';

/** What the console shows, read from the ports. */
export async function statusOf({ stores, log, lots, tasks }: Adapters, history: ReadModel): Promise<Status> {
  const [{ orders, sagas }, queues, groups, outboxes] = await Promise.all([
    history.counts(), tasks.depths(), groupsOf(log, lots),
    Promise.all(Object.entries(stores).map(async ([name, store]) => {
      const [toLog, toTasks] = await Promise.all([store.backlog('log'), store.backlog('tasks')]);
      return { name, log: toLog.rows, tasks: toTasks.rows };
    })),
  ]);
  return { at: clock.now(), orders, sagas, queues, groups, outboxes, brokers: { log: log.features.adapter, tasks: tasks.features.adapter } };
}

async function groupsOf(log: Log, lots: Adapters['lots']): Promise<Status['groups']> {
  const groups = await log.groups();
  return Promise.all(groups.sort().map(async (group) => {
    const lot = Object.entries(lots).find(([name]) => name === group)?.[1];
    const [lag, standing] = await Promise.all([behind(log, group), lot?.standing(group)]);
    return { group, lag, ...(standing && { parked: standing.records }) };
  }));
}
