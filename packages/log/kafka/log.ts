import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import { nameOf } from '../group/store.ts';
import type { Log, Subscribe } from '../port.ts';
import { Cluster } from './cluster.ts';
import { kafkaLogFeatures } from './features.ts';
import { EARLIEST, LATEST, type Address, type Connect, type LinkOptions } from './link.ts';
import { Links } from './links.ts';
import { Member } from './member.ts';
import { committed, commitForNobody, offsetsAt, partitionsOf, positions } from './positions.ts';
import { Publisher } from './publisher.ts';
import { read } from './reader.ts';
import { ensureTopics } from './topics.ts';

export interface KafkaLogOptions {
  /** `host:port` of some brokers; the others are found through them. Kafka 3.0 or later. */
  brokers: string[];
  /** The library beneath. Default `kafkajs`. */
  client?: 'kafkajs' | 'platformatic';
  clientId: string;
  /** Certificate authority of the brokers, as PEM text; without it connections are plain. */
  tls?: { ca: string };
  sasl?: { mechanism: 'plain' | 'scram-sha-512'; username: string; password: string };
  clock: Clock;
  random: Random;
  logger?: Logger;
  /** A member that is silent for this long loses its partitions; within the broker's `group.min.session.timeout.ms`. Default 6 s. */
  sessionMs?: number;
  /** A batch in hand keeps a partition that is to go to another member for this long. Default 60 s. */
  rebalanceMs?: number;
  /** What is published within this time goes together. Default 1 ms. */
  lingerMs?: number;
  /** A publish that brokers do not take is rejected as `log-unavailable` after this time. Default 30 s. */
  deliveryMs?: number;
  /** Any other call is tried for this long. Default 5 s. */
  tryMs?: number;
  /** Of topics created. Default -1: the broker's own. */
  replicationFactor?: number;
}

/** A log on Kafka. @throws CodedError `log-unavailable` when no broker answers · `log-credentials-refused` */
export async function openKafkaLog(options: KafkaLogOptions): Promise<Log> {
  const { brokers, client = 'kafkajs', clientId, tls, sasl, clock, random, logger, sessionMs = 6_000, rebalanceMs = 60_000 } = options;
  const link: LinkOptions = { clientId, ...(tls ? { tls } : {}), ...(sasl ? { sasl } : {}) };
  const links = new Links({ clock, connect: await connector(client), link });
  const cluster = new Cluster({ clock, links, bootstrap: brokers.map(addressOf), tryMs: options.tryMs ?? 5_000 });
  try {
    await cluster.retrying(() => cluster.nodes());
  } catch (error) {
    links.close();
    throw error;
  }
  const publisher = new Publisher({ cluster, clock, logger, lingerMs: options.lingerMs ?? 1, deliveryMs: options.deliveryMs ?? 30_000 });
  const grounds = { cluster, clock, logger, sessionMs, rebalanceMs };
  const members = new Set<Member>();
  return {
    features: kafkaLogFeatures,
    ensureTopics: (specs) => ensureTopics({ cluster, logger, replicationFactor: options.replicationFactor ?? -1 }, specs),
    publish: (topic, messages) => publisher.publish(topic, messages),
    async subscribe(subscription, handle) {
      const begin = await beginOf(cluster, subscription);
      const member = new Member(grounds, random.id(), { ...subscription, begin }, handle);
      member.start();
      members.add(member);
      return member;
    },
    read: (topic, partition, from, limit) => read(cluster, { topic, partition }, from, limit),
    ...positions(cluster),
    async close() {
      await Promise.all([...members].map((member) => member.stop()));
      links.close();
    },
  };
}

/** Each library is loaded when it is wanted. */
async function connector(client: 'kafkajs' | 'platformatic'): Promise<Connect> {
  return client === 'kafkajs' ? (await import('./kafkajs/link.ts')).connectKafkajs : (await import('./platformatic/link.ts')).connectPlatformatic;
}

/**
 * Gives the group a position in each partition where it has none, so that it begins where it was first meant to,
 * whenever its first member gets there. While it has members they do that, as far as they read the same topics.
 * @returns what was given, by name of the partition.
 */
async function beginOf(cluster: Cluster, { group, topics, from = 'beginning' }: Subscribe): Promise<Map<string, number>> {
  const all = (await Promise.all([...new Set(topics)].map((topic) => partitionsOf(cluster, topic)))).flat();
  return cluster.retrying(async () => {
    const known = new Set((await committed(cluster, group, all)).map(nameOf));
    const missing = all.filter((each) => !known.has(nameOf(each)));
    if (missing.length === 0) return new Map();
    const begin = await offsetsAt(cluster, missing, from === 'end' ? LATEST : EARLIEST);
    await commitForNobody(cluster, group, missing.map(({ topic, partition }) => ({ topic, partition, next: begin.get(nameOf({ topic, partition })) ?? 0 })));
    return begin;
  });
}

function addressOf(broker: string): Address {
  const at = broker.lastIndexOf(':');
  return { host: broker.slice(0, at), port: Number(broker.slice(at + 1)) };
}
