import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemLogger } from '@tradewind/chassis/system/logger.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { openKafkaLog, type KafkaLogOptions } from '../kafka/log.ts';
import { consume, type Job } from './consumer.ts';

const job = JSON.parse(process.argv[2] ?? '{}') as Job & Pick<KafkaLogOptions, 'brokers' | 'client'>;
await consume(await openKafkaLog({
  brokers: job.brokers, client: job.client, clientId: job.name, sessionMs: job.leaseMs, clock: systemClock, random: systemRandom,
  logger: systemLogger({ service: job.name }),
}), job);
