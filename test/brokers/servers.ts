import { docker } from '@tradewind/compose/servers/docker.ts';
import { startKafka, startRabbit } from './containers.ts';

/** The servers that all tests of a run share: each test has names of its own. */
export interface SharedServers { kafka: string[]; rabbit: { url: string; management: string } }

const VARIABLE = 'TRADEWIND_TEST_BROKERS';

/** Old records are looked for often, so that retention can be seen; figures of queues are fresh. */
export async function startServers(): Promise<() => Promise<void>> {
  await docker('version');
  const [kafka, rabbit] = await Promise.all([
    startKafka({ 'log.retention.check.interval.ms': '500', 'log.initial.task.delay.ms': '500', 'file.delete.delay.ms': '1000' }),
    startRabbit({ collect_statistics_interval: 500, quorum_tick_interval: 500 }),
  ]);
  process.env[VARIABLE] = JSON.stringify({ kafka: kafka.brokers, rabbit: { url: rabbit.url, management: rabbit.management } } satisfies SharedServers);
  return async () => void await Promise.all([kafka.remove(), rabbit.remove()]);
}

/** Within a test. */
export function sharedServers(): SharedServers {
  const text = process.env[VARIABLE];
  if (!text) throw new Error('tests of real brokers run by `make test-brokers`, which starts the servers for them');
  return JSON.parse(text) as SharedServers;
}
