import { fileURLToPath } from 'node:url';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { sharedServers } from '../../../test/brokers/servers.ts';
import { logContract } from '../contract/log.contract.ts';
import type { Log } from '../port.ts';
import { kafkaLogFeatures } from './features.ts';
import { openKafkaLog } from './log.ts';

for (const client of ['kafkajs', 'platformatic'] as const)
  logContract(`the log on Kafka through ${client}`, async () => {
    const brokers = sharedServers().kafka;
    const clients: Log[] = [];
    return {
      async client() {
        const log = await openKafkaLog({ brokers, client, clientId: `contract-${clients.length}`, clock: systemClock, random: systemRandom, sessionMs: 20_000 });
        clients.push(log);
        return log;
      },
      consumer: { script: fileURLToPath(new URL('../contract/kafka-consumer.ts', import.meta.url)), options: { brokers, client } },
      close: async () => void await Promise.all(clients.map((each) => each.close())),
    };
  }, kafkaLogFeatures);
