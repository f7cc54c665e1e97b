import { afterAll, expect, test } from '@jest/globals';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom as random } from '@tradewind/chassis/system/random.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import { openKafkaLog } from '@tradewind/log/kafka/log.ts';
import { openRabbitTasks } from '@tradewind/tasks/rabbitmq/tasks.ts';
import { startKafka, startRabbit } from '../test/brokers/containers.ts';
import { until } from '../test/until.ts';

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

const LARGE = 'x'.repeat(500_000);
const envelope = (id: number): Envelope => ({
  specversion: '1.0', id: `e-${id}`, source: '/tradewind/test', type: 'tradewind.test.v1', subject: 's', time: '2026-01-01T00:00:00.000Z',
  datacontenttype: 'application/json', partitionkey: 's', correlationid: 's', causationid: 's', data: { text: LARGE },
});

/** Publishes until it is refused. @returns how many went, and the refusal */
async function fill(publish: (n: number) => Promise<unknown>, most: number): Promise<{ published: number; refusal: unknown }> {
  for (let n = 0; n < most; n += 1) {
    try {
      await publish(n);
    } catch (refusal) {
      return { published: n, refusal };
    }
  }
  throw new Error('the disk never got full');
}

test('a Kafka whose disk is full: publishing says that the log is not available, and may be tried again', async () => {
  const kafka = await startKafka({ 'log.dirs': '/full/log' }, ['--tmpfs', '/full:rw,size=80m,mode=1777']);
  closing.push(() => kafka.remove());
  const log = await openKafkaLog({ brokers: kafka.brokers, clientId: 'full', deliveryMs: 8_000, clock, random });
  closing.push(() => log.close());
  await log.ensureTopics([{ name: 'full', partitions: 1 }]);
  const { published, refusal } = await fill((n) => log.publish('full', [{ key: 'k', envelope: envelope(n) }]), 400);
  expect(published).toBeGreaterThan(20);
  expect(refusal).toMatchObject({ code: 'log-unavailable', canRetry: true });
});

test('a RabbitMQ whose disk is nearly full takes nothing more and says so; what it has is worked on, and then it takes messages again', async () => {
  const rabbit = await startRabbit({ disk_free_limit: 60_000_000 }, ['--tmpfs', '/var/lib/rabbitmq/mnesia:rw,size=300m,mode=1777']);
  closing.push(() => rabbit.remove());
  const tasks = await openRabbitTasks({ url: rabbit.url, management: rabbit.management, name: 'full', clock, random, patienceMs: 5_000 });
  closing.push(() => tasks.close());
  await tasks.declare({ exchanges: [{ name: 'full', kind: 'direct' }], queues: [{ name: 'full' }], bindings: [{ exchange: 'full', queue: 'full', pattern: 'k' }] });
  const publish = (n: number) => tasks.publish([{ exchange: 'full', routingKey: 'k', envelope: envelope(n) }]);
  const { published, refusal } = await fill(publish, 1_000);
  expect(refusal).toMatchObject({ code: 'tasks-unavailable', canRetry: true });
  const worked = new Set<string>();
  await tasks.consume('full', { prefetch: 10 }, ({ envelope: { id } }) => {
    worked.add(id);
    return Promise.resolve({ type: 'done' });
  });
  await until('what was published is worked on', () => worked.size >= published);
  await rabbit.exec('rabbitmqctl', 'set_disk_free_limit', '1MB'); // an operator makes room
  await until('it takes messages again', () => publish(published + 1).then(() => true, () => false));
});
