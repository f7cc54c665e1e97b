import type { Logger } from '@tradewind/chassis/logger.ts';
import { logErrors, type TopicSpec } from '../port.ts';
import type { Cluster } from './cluster.ts';
import { BrokerError, good } from './failure.ts';

/** Records are dropped by whole segments, once a segment's newest record is too old: so segments are cut well within that time. */
const SEGMENTS = 4;
const LONGEST_SEGMENT_MS = 7 * 24 * 3_600_000;

/** Settings of a topic that follow from what its records are kept for; `-1` keeps all. */
export function retention(retentionMs: number | undefined): [name: string, value: string][] {
  if (retentionMs === undefined) return [['retention.ms', '-1']];
  return [
    ['retention.ms', String(retentionMs)],
    ['segment.ms', String(Math.max(1, Math.min(Math.floor(retentionMs / SEGMENTS), LONGEST_SEGMENT_MS)))],
  ];
}

/** Settings of a topic that is created so. Times are the broker's own, as the port says: those of publishers may differ by their clocks. */
export function settingsOf({ retentionMs }: Pick<TopicSpec, 'retentionMs'>): [name: string, value: string][] {
  return [...retention(retentionMs), ['message.timestamp.type', 'LogAppendTime']];
}

interface Options { cluster: Cluster; logger?: Logger; replicationFactor: number }

/** Creates what is missing. @throws CodedError `topic-differs` · `log-forbidden` · `log-unavailable` */
export async function ensureTopics({ cluster, logger, replicationFactor }: Options, specs: TopicSpec[]): Promise<void> {
  for (const spec of specs) {
    const { name, partitions } = spec;
    const config = settingsOf(spec);
    const created = await cluster.retrying(async () => {
      if (await exists(cluster, name)) return false;
      const [topic] = await cluster.any((link) => link.createTopics([{ name, partitions, replicationFactor, config }]));
      if (topic?.error !== 'NONE' && topic?.error !== 'TOPIC_ALREADY_EXISTS') throw new BrokerError(topic?.error ?? 'OTHER', `topic ${name}: ${topic?.message ?? ''}`);
      cluster.forget(name);
      return topic.error === 'NONE';
    });
    const there = await cluster.retrying(() => settled(cluster, name));
    if (there !== partitions) throw logErrors.error('topic-differs', `${name} has ${there} partitions, not ${partitions}`);
    if (!created) await keep({ cluster, logger }, spec);
  }
}

async function exists(cluster: Cluster, name: string): Promise<boolean> {
  const { topics } = await cluster.any((link) => link.metadata([name]));
  const [topic] = topics;
  if (!topic || topic.error === 'UNKNOWN_TOPIC_OR_PARTITION') return false;
  good(topic, `topic ${name}`);
  return true;
}

/** How many partitions there are, once each has a leader. A broker may hear of a new topic later than it was created. */
async function settled(cluster: Cluster, name: string): Promise<number> {
  cluster.forget(name);
  if (!await exists(cluster, name)) throw new BrokerError('LEADER_NOT_AVAILABLE', `topic ${name}`);
  const partitions = await cluster.partitions(name);
  for (let partition = 0; partition < partitions; partition += 1) await cluster.leader({ topic: name, partition });
  return partitions;
}

/** Whoever may not look at the settings of a topic that others manage, or change them, can use it all the same. */
async function keep({ cluster, logger }: Omit<Options, 'replicationFactor'>, { name, retentionMs }: TopicSpec): Promise<void> {
  const wanted = retention(retentionMs);
  try {
    await cluster.retrying(async () => {
      const { values } = good(await cluster.any((link) => link.topicConfig(name, wanted.map(([key]) => key))), `settings of ${name}`);
      if (wanted.every(([key, value]) => values.get(key) === value)) return;
      good(await cluster.any((link) => link.setTopicConfig(name, wanted)), `settings of ${name}`);
    });
  } catch (error) {
    if (!logErrors.is(error, 'log-forbidden')) throw error;
    logger?.warn({ err: error, topic: name }, 'retention left as it is');
  }
}
