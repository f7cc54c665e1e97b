import { randomUUID } from 'node:crypto';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { openRabbitTasks } from '@tradewind/tasks/rabbitmq/tasks.ts';
import type { Task } from '@tradewind/tasks/port.ts';
import amqp from 'amqplib';
import type { BenchmarkOptions } from '../benchmarks.ts';
import { event } from '../event-store/payload.ts';
import { row, type Row } from '../result.ts';
import { rate } from './rate.ts';

const PAGE = 500;
const PREFETCH = 100;

/** One side of a comparison. */
interface Side {
  declare(queue: string): Promise<void>;
  /** Resolves when each message of the page is confirmed. */
  publish(queue: string, page: Task[]): Promise<void>;
  /** Resolves when `count` were handled and acknowledged. */
  work(queue: string, count: number): Promise<void>;
  close(): Promise<void>;
}

/** Our adapter beside a plain loop of amqplib with the same guarantees, in turns. */
export async function measureRabbit({ url, management }: { url: string; management: string }, { short, say }: BenchmarkOptions, runs: number): Promise<Row[]> {
  const count = short ? 2_000 : 30_000;
  const sides = { ours: await openOurs(url, management), peer: await openPlain(url) };
  const found = { ours: { publish: [] as number[], work: [] as number[] }, peer: { publish: [] as number[], work: [] as number[] } };
  for (let run = 0; run <= runs; run += 1)
    for (const side of ['ours', 'peer'] as const) {
      const queue = `bench.${side}.${randomUUID()}`;
      await sides[side].declare(queue);
      const published = await rate(count, async () => {
        for (let sent = 0; sent < count; sent += PAGE) await sides[side].publish(queue, page(queue));
      });
      const worked = await rate(count, () => sides[side].work(queue, count));
      if (run === 0) continue; // warms both up
      found[side].publish.push(published);
      found[side].work.push(worked);
      say(`  amqplib ${side} ${run}: published ${Math.round(published)}/s, handled ${Math.round(worked)}/s`);
    }
  await Promise.all([sides.ours.close(), sides.peer.close()]);
  const peer = (what: 'publish' | 'work') => ({ name: 'plain amqplib', values: found.peer[what] });
  return [
    row({ what: 'tasks published and confirmed, pages of 500', unit: '1/s', better: 'higher', ours: found.ours.publish, peer: peer('publish'), goal: { ratio: 0.9 } }),
    row({ what: `tasks handled and acknowledged, prefetch ${PREFETCH}`, unit: '1/s', better: 'higher', ours: found.ours.work, peer: peer('work'), goal: { ratio: 0.9 } }),
  ];
}

function page(queue: string): Task[] {
  return Array.from({ length: PAGE }, () => ({ exchange: queue, routingKey: 'key', envelope: { ...event('order-1'), subject: 'order-1' } }));
}

async function openOurs(url: string, management: string): Promise<Side> {
  const tasks = await openRabbitTasks({ url, management, name: 'bench', clock: systemClock, random: systemRandom });
  return {
    declare: (queue) => tasks.declare({
      exchanges: [{ name: queue, kind: 'direct' }], queues: [{ name: queue }], bindings: [{ exchange: queue, queue, pattern: 'key' }],
    }),
    publish: (_queue, messages) => tasks.publish(messages),
    async work(queue, count) {
      const all = Promise.withResolvers<void>();
      let handled = 0;
      const consumer = await tasks.consume(queue, { prefetch: PREFETCH }, async () => {
        handled += 1;
        if (handled >= count) all.resolve();
        return { type: 'done' };
      });
      await all.promise;
      await consumer.stop();
    },
    close: () => tasks.close(),
  };
}

/** A quorum queue with a dead-letter exchange; persistent, mandatory, confirmed; acknowledged one by one. */
async function openPlain(url: string): Promise<Side> {
  const connection = await amqp.connect(url);
  const publishing = await connection.createConfirmChannel();
  const working = await connection.createChannel();
  await working.prefetch(PREFETCH);
  return {
    async declare(queue) {
      await publishing.assertExchange(queue, 'direct', { durable: true });
      await publishing.assertQueue(queue, {
        durable: true, arguments: {
          'x-queue-type': 'quorum', 'x-overflow': 'reject-publish', 'x-delivery-limit': 20,
          'x-dead-letter-exchange': `${queue}.dead`, 'x-dead-letter-strategy': 'at-least-once',
        },
      });
      await publishing.bindQueue(queue, queue, 'key');
    },
    async publish(queue, messages) {
      for (const { routingKey, envelope } of messages)
        publishing.publish(queue, routingKey, Buffer.from(JSON.stringify(envelope)), { persistent: true, mandatory: true });
      await publishing.waitForConfirms();
    },
    async work(queue, count) {
      const all = Promise.withResolvers<void>();
      let handled = 0;
      const { consumerTag } = await working.consume(queue, (message) => {
        if (!message) return;
        JSON.parse(message.content.toString());
        working.ack(message);
        handled += 1;
        if (handled >= count) all.resolve();
      });
      await all.promise;
      await working.cancel(consumerTag);
    },
    close: () => connection.close(),
  };
}
