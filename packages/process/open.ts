import type { Outbox } from '@tradewind/event-store/outbox.ts';
import type { EventStore } from '@tradewind/event-store/port.ts';
import { openPostgresEventStore } from '@tradewind/event-store/postgres/store.ts';
import { openKafkaLog, type KafkaLogOptions } from '@tradewind/log/kafka/log.ts';
import type { ParkingLot } from '@tradewind/log/parking/port.ts';
import { openPostgresParkingLot } from '@tradewind/log/parking/postgres/lot.ts';
import type { Log } from '@tradewind/log/port.ts';
import { openPostgresLog } from '@tradewind/log/postgres/log.ts';
import type { Tasks } from '@tradewind/tasks/port.ts';
import { openPostgresTasks } from '@tradewind/tasks/postgres/tasks.ts';
import { openRabbitTasks } from '@tradewind/tasks/rabbitmq/tasks.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import { needed, type DatabaseConfig, type LogConfig, type TasksConfig } from './config.ts';
import type { Host } from './host.ts';
import { readAuthority } from './authority.ts';

/** What a service that owns facts and takes commands stands on. */
export interface FactPorts { store: EventStore; outbox: Outbox; log: Log; tasks: Tasks; wakeup: Wakeup }

/** @param topic that the service's facts go to. */
export async function openFactPorts(config: DatabaseConfig & LogConfig & TasksConfig, host: Host, topic: string): Promise<FactPorts> {
  const { wakeup, name, world: { clock } } = host;
  const [store, log, tasks] = await Promise.all([
    host.openOn(config.DATABASE_URL, (url) => openPostgresEventStore({ url, topic, name, clock, wakeup })),
    openLog(config, host), openTasks(config, host),
  ]);
  return { store, outbox: store, log, tasks, wakeup };
}

/** @throws CodedError `config-invalid` · `server-refused` · `server-unreachable` · `log-credentials-refused` · `log-forbidden` */
export function openLog(config: LogConfig, host: Host): Promise<Log> {
  const { wakeup, name, world: { clock, random, logger } } = host;
  if (config.LOG === 'postgres')
    return host.openOn(needed(config, 'LOG_DATABASE_URL'), (url) => openPostgresLog({ url, clock, random, wakeup, logger }));
  const brokers = needed(config, 'KAFKA_BROKERS').split(',').map((each) => each.trim());
  const ca = readAuthority('KAFKA_CA_FILE', config.KAFKA_CA_FILE);
  return host.open('Kafka', () => openKafkaLog({
    brokers, client: config.KAFKA_CLIENT, clientId: name, clock, random, logger, ...(ca !== undefined && { tls: { ca } }), ...saslOf(config),
  }));
}

/** Where a consumer of the log puts what it cannot handle: in its own database. @throws CodedError `server-refused` · `server-unreachable` */
export function openParkingLot({ DATABASE_URL }: DatabaseConfig, host: Host): Promise<ParkingLot> {
  return host.openOn(DATABASE_URL, (url) => openPostgresParkingLot({ url }));
}

function saslOf({ KAFKA_MECHANISM: mechanism, KAFKA_USERNAME: username, ...config }: LogConfig): Pick<KafkaLogOptions, 'sasl'> {
  return username === undefined ? {} : { sasl: { mechanism, username, password: needed(config, 'KAFKA_PASSWORD') } };
}

/** @throws CodedError `config-invalid` · `server-refused` · `server-unreachable` · `tasks-credentials-refused` · `tasks-forbidden` */
export function openTasks(config: TasksConfig, host: Host): Promise<Tasks> {
  const { wakeup, name, world: { clock, random, logger } } = host;
  if (config.TASKS === 'postgres')
    return host.openOn(needed(config, 'TASKS_DATABASE_URL'), (url) => openPostgresTasks({ url, clock, random, wakeup, logger }));
  const url = needed(config, 'RABBITMQ_URL');
  const ca = readAuthority('RABBITMQ_CA_FILE', config.RABBITMQ_CA_FILE);
  return host.open('RabbitMQ', () => openRabbitTasks({ url, name, clock, random, logger, ...(ca !== undefined && { ca }) }));
}
