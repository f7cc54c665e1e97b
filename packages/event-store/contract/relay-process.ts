import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { systemLogger } from '@tradewind/chassis/system/logger.ts';
import { systemRandom as random } from '@tradewind/chassis/system/random.ts';
import { localWakeup } from '@tradewind/chassis/wakeup.ts';
import { openKafkaLog } from '@tradewind/log/kafka/log.ts';
import { openRabbitTasks } from '@tradewind/tasks/rabbitmq/tasks.ts';
import { Registry } from 'prom-client';
import { openPostgresEventStore } from '../postgres/store.ts';
import { startRelay } from '../relay/relay.ts';

/** What a relay process is told, as JSON in its first argument. */
export interface RelayJob { name: string; database: string; brokers: string[]; rabbit: string; topic: string }

/** Relays until it is killed. */
const { name, database, brokers, rabbit, topic } = JSON.parse(process.argv[2] ?? '{}') as RelayJob;
const logger = systemLogger({ service: name, level: 'error' });
const wakeup = localWakeup();
const [outbox, log, tasks] = await Promise.all([
  openPostgresEventStore({ url: database, topic, name, clock, wakeup }),
  openKafkaLog({ brokers, clientId: name, clock, random, logger }),
  openRabbitTasks({ url: rabbit, name, clock, random, logger }),
]);
startRelay({ name, outbox, log, tasks, wakeup, clock, random, logger, metrics: new Registry() });
process.send?.('ready');
