import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { openKafkaLog } from '@tradewind/log/kafka/log.ts';
import type { Message } from '@tradewind/log/port.ts';
import { Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka';
import { Kafka, logLevel } from 'kafkajs';
import { once } from 'node:events';
import type { BenchmarkOptions } from '../benchmarks.ts';
import { event, newStream } from '../event-store/payload.ts';
import { row, type Row } from '../result.ts';
import { rate } from './rate.ts';

export const clients = ['kafkajs', 'platformatic'] as const;
export type Client = (typeof clients)[number];

const PARTITIONS = 4;
const PAGE = 500;

/** One side of a comparison: publishes pages, one after another, each confirmed; reads a topic as a new group, committing. */
interface Side {
  publish(topic: string, page: Message[]): Promise<unknown>;
  /** Resolves when `count` records were handled and committed. */
  read(topic: string, count: number): Promise<void>;
  close(): Promise<void>;
}

const say = { publish: 'published and confirmed, pages of 500', read: 'read by a group and committed' };

interface Rates { publish: number[]; read: number[] }

/** Our adapters beside plain loops on the same clients with the same guarantees, in turns. */
export async function measureKafka(brokers: string[], options: BenchmarkOptions, runs: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const client of clients) {
    const { ours, peer } = await measureClient(brokers, client, options, runs);
    for (const what of ['publish', 'read'] as const)
      rows.push(row({
        what: `${say[what]}, ${client}`, unit: '1/s', better: 'higher', ours: ours[what],
        peer: { name: `plain ${client}`, values: peer[what] }, goal: { ratio: 0.9 },
      }));
  }
  return rows;
}

async function measureClient(brokers: string[], client: Client, { short, say: tell }: BenchmarkOptions, runs: number): Promise<{ ours: Rates; peer: Rates }> {
  const count = short ? 5_000 : 60_000;
  const admin = await openKafkaLog({ brokers, clientId: 'bench-admin', clock: systemClock, random: systemRandom });
  const sides = { ours: await openOurs(brokers, client), peer: await openPlain(brokers, client) };
  const found: { ours: Rates; peer: Rates } = { ours: { publish: [], read: [] }, peer: { publish: [], read: [] } };
  for (let run = 0; run <= runs; run += 1)
    for (const side of ['ours', 'peer'] as const) {
      const topic = `bench-${client}-${side}-${run}-${Date.now()}`;
      await admin.ensureTopics([{ name: topic, partitions: PARTITIONS }]);
      const published = await rate(count, () => publishAll(sides[side], topic, count));
      const read = await rate(count, () => sides[side].read(topic, count));
      if (run === 0) continue; // warms both up
      found[side].publish.push(published);
      found[side].read.push(read);
      tell(`  ${client} ${side} ${run}: published ${Math.round(published)}/s, read ${Math.round(read)}/s`);
    }
  await Promise.all([sides.ours.close(), sides.peer.close(), admin.close()]);
  return found;
}

async function publishAll(side: Side, topic: string, count: number): Promise<void> {
  const keys = Array.from({ length: 100 }, newStream);
  for (let sent = 0; sent < count; sent += PAGE) {
    const page = Array.from({ length: PAGE }, (_, n): Message => {
      const key = keys[(sent + n) % keys.length] ?? '';
      return { key, envelope: { ...event(key), subject: key, streamversion: sent + n } };
    });
    await side.publish(topic, page);
  }
}

async function openOurs(brokers: string[], client: Client): Promise<Side> {
  const log = await openKafkaLog({ brokers, client, clientId: 'bench', clock: systemClock, random: systemRandom });
  return {
    publish: (topic, page) => log.publish(topic, page),
    async read(topic, count) {
      const all = Promise.withResolvers<void>();
      let seen = 0;
      const member = await log.subscribe({ group: `ours-${topic}`, topics: [topic] }, async (batch) => {
        seen += batch.length;
        if (seen >= count) all.resolve();
      });
      await all.promise;
      await member.stop();
    },
    close: () => log.close(),
  };
}

function openPlain(brokers: string[], client: Client): Promise<Side> {
  return client === 'kafkajs' ? plainKafkajs(brokers) : plainPlatformatic(brokers);
}

/** Idempotent, all in-sync replicas, one request in flight; each batch committed after it was handled. */
async function plainKafkajs(brokers: string[]): Promise<Side> {
  const kafka = new Kafka({ brokers, clientId: 'plain', logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  return {
    publish: (topic, page) => producer.send({ topic, acks: -1, messages: page.map(({ key, envelope }) => ({ key, value: JSON.stringify(envelope) })) }),
    async read(topic, count) {
      const consumer = kafka.consumer({ groupId: `plain-${topic}`, rebalanceTimeout: 6_000, sessionTimeout: 6_000 });
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      const all = Promise.withResolvers<void>();
      let seen = 0;
      await consumer.run({
        autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: PARTITIONS,
        async eachBatch({ batch: { messages, partition }, resolveOffset, heartbeat }) {
          for (const { value } of messages) JSON.parse(value?.toString() ?? 'null');
          const last = messages.at(-1)?.offset ?? '0';
          resolveOffset(last);
          await consumer.commitOffsets([{ topic, partition, offset: String(Number(last) + 1) }]);
          await heartbeat();
          seen += messages.length;
          if (seen >= count) all.resolve();
        },
      });
      await all.promise;
      await consumer.disconnect();
    },
    close: () => producer.disconnect(),
  };
}

async function plainPlatformatic(brokers: string[]): Promise<Side> {
  const shared = { bootstrapBrokers: brokers };
  const producer = new Producer({ ...shared, clientId: 'plain', serializers: stringSerializers, idempotent: true, acks: -1 });
  return {
    publish: (topic, page) => producer.send({ messages: page.map(({ key, envelope }) => ({ topic, key, value: JSON.stringify(envelope) })) }),
    async read(topic, count) {
      const consumer = new Consumer({ ...shared, clientId: 'plain', groupId: `plain-${topic}`, deserializers: stringDeserializers, autocommit: false });
      const stream = await consumer.consume({ topics: [topic], mode: 'earliest' });
      let seen = 0;
      const next = new Map<number, bigint>();
      const commit = async () => {
        const offsets = [...next].map(([partition, offset]) => ({ topic, partition, offset, leaderEpoch: -1 }));
        next.clear();
        await consumer.commit({ offsets });
      };
      stream.on('data', (message) => {
        JSON.parse(message.value);
        next.set(message.partition, message.offset + 1n);
        seen += 1;
        if (seen % PAGE === 0) void commit();
        if (seen >= count) stream.emit('all');
      });
      await once(stream, 'all');
      if (next.size > 0) await commit();
      await stream.close();
      await consumer.close(true);
    },
    close: () => producer.close(),
  };
}
