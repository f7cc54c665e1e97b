import { readFileSync } from 'node:fs';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { systemLogger } from '@tradewind/chassis/system/logger.ts';
import { systemRandom as random } from '@tradewind/chassis/system/random.ts';
import { localWakeup } from '@tradewind/chassis/wakeup.ts';
import type { Log } from '@tradewind/log/port.ts';
import { openPostgresLog } from '@tradewind/log/postgres/log.ts';
import type { Tasks } from '@tradewind/tasks/port.ts';
import { openPostgresTasks } from '@tradewind/tasks/postgres/tasks.ts';
import type { BrokerAccess, Reach } from './folder.ts';

/** Log and work queue of a platform that runs in another process. */
export interface Brokers { log: Log; tasks: Tasks; close(): Promise<void> }

/** Opens them, by whatever adapters the platform has. @param as whose user it is, where there are users. */
export function openBrokers(reach: Reach, as: 'operator' | 'ledger' = 'operator'): Promise<Brokers> {
  return reach.topology === 'embedded' ? onPostgres(databaseOf(reach.databases, 'brokers')) : onServers(reach[as]);
}

async function onPostgres(url: string): Promise<Brokers> {
  const options = { url, clock, random, wakeup: localWakeup(), logger: systemLogger({ level: 'error' }) };
  const log = await openPostgresLog(options);
  const tasks = await openPostgresTasks(options);
  return both(log, tasks);
}

/** Adapters of servers are loaded where there are servers. */
async function onServers({ caFile, kafka, rabbitmq }: BrokerAccess): Promise<Brokers> {
  const [{ openKafkaLog }, { openRabbitTasks }] = await Promise.all([import('@tradewind/log/kafka/log.ts'), import('@tradewind/tasks/rabbitmq/tasks.ts')]);
  const world = { clock, random, logger: systemLogger({ level: 'error' }) };
  const { brokers, mechanism = 'plain', username, password } = kafka;
  const { url, management, caFile: rabbitCaFile = caFile } = rabbitmq;
  const log = await openKafkaLog({ brokers, clientId: username, tls: { ca: readFileSync(caFile, 'utf8') }, sasl: { mechanism, username, password }, ...world });
  const tasks = await openRabbitTasks({ url, management, ca: readFileSync(rabbitCaFile, 'utf8'), name: username, ...world }).catch(async (error: unknown) => {
    await log.close();
    throw error;
  });
  return both(log, tasks);
}

function both(log: Log, tasks: Tasks): Brokers {
  return {
    log, tasks,
    async close() {
      await Promise.all([log.close(), tasks.close()]);
    },
  };
}

/** @throws Error in one line for a user. */
export function databaseOf(databases: Reach['databases'], name: string): string {
  const found = databases[name];
  if (found === undefined) throw new Error(`the platform announced no database ${name}`);
  return found;
}
