import type { Log } from '@tradewind/log/port.ts';
import type { Tasks } from '@tradewind/tasks/port.ts';
import type { OutboxRow } from '../outbox.ts';

/** Publishes rows in order; resolves once all are safe. */
export type Send = (rows: OutboxRow[]) => Promise<void>;

/** To the log: neighbours of one topic in one call. */
export function toLog(log: Pick<Log, 'publish'>): Send {
  return async (rows) => {
    for (const { topic, messages } of runs(rows)) await log.publish(topic, messages);
  };
}

function runs(rows: OutboxRow[]): { topic: string; messages: { key: string; envelope: OutboxRow['envelope'] }[] }[] {
  const all: ReturnType<typeof runs> = [];
  for (const row of rows) {
    if (row.lane !== 'log') continue;
    if (all.at(-1)?.topic !== row.topic) all.push({ topic: row.topic, messages: [] });
    all.at(-1)?.messages.push({ key: row.key, envelope: row.envelope });
  }
  return all;
}

/** To the work queues. */
export function toTasks(tasks: Pick<Tasks, 'publish'>): Send {
  return (rows) => tasks.publish(rows.flatMap((row) => row.lane === 'tasks' ? [row] : [])
    .map(({ exchange, routingKey, envelope }) => ({ exchange, routingKey, envelope })));
}
