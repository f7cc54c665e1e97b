import type { Outbox } from '@tradewind/event-store/outbox.ts';
import type { EventStore } from '@tradewind/event-store/port.ts';
import { openPostgresEventStore } from '@tradewind/event-store/postgres/store.ts';
import type { Log } from '@tradewind/log/port.ts';
import { openPostgresLog } from '@tradewind/log/postgres/log.ts';
import type { Tasks } from '@tradewind/tasks/port.ts';
import { openPostgresTasks } from '@tradewind/tasks/postgres/tasks.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import { needed, type DatabaseConfig, type LogConfig, type TasksConfig } from './config.ts';
import type { Host } from './host.ts';

/** What a service that owns facts and takes commands stands on. */
export interface FactPorts { store: EventStore; outbox: Outbox; log: Log; tasks: Tasks; wakeup: Wakeup }

/** @param name of the service. @param topic that its facts go to. */
export async function openFactPorts(
  config: DatabaseConfig & LogConfig & TasksConfig, host: Host, { name, topic }: { name: string; topic: string },
): Promise<FactPorts> {
  const { wakeup, world: { clock } } = host;
  const [store, log, tasks] = await Promise.all([
    host.openOn(config.DATABASE_URL, (url) => openPostgresEventStore({ url, topic, name, clock, wakeup })),
    openLog(config, host), openTasks(config, host),
  ]);
  return { store, outbox: store, log, tasks, wakeup };
}

/** @throws CodedError `config-invalid` · `server-refused` · `server-unreachable` */
export function openLog(config: LogConfig, host: Host): Promise<Log> {
  const { wakeup, world: { clock, random, logger } } = host;
  return host.openOn(needed(config, 'LOG_DATABASE_URL'), (url) => openPostgresLog({ url, clock, random, wakeup, logger }));
}

/** @throws CodedError `config-invalid` · `server-refused` · `server-unreachable` */
export function openTasks(config: TasksConfig, host: Host): Promise<Tasks> {
  const { wakeup, world: { clock, random, logger } } = host;
  return host.openOn(needed(config, 'TASKS_DATABASE_URL'), (url) => openPostgresTasks({ url, clock, random, wakeup, logger }));
}
