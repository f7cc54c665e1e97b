import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemLogger } from '@tradewind/chassis/system/logger.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { localWakeup } from '@tradewind/chassis/wakeup.ts';
import { openPostgresLog } from '../postgres/log.ts';
import { consume, type Job } from './consumer.ts';

const job = JSON.parse(process.argv[2] ?? '{}') as Job & { url: string };
await consume(await openPostgresLog({
  url: job.url, leaseMs: job.leaseMs, clock: systemClock, random: systemRandom, wakeup: localWakeup(),
  logger: systemLogger({ service: job.name }),
}), job);
