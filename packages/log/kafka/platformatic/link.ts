import {
  AuthenticationError, Connection, createTopicsV7, describeConfigsV3, fetchV12, findCoordinatorV4, heartbeatV4, incrementalAlterConfigsV1,
  initProducerIdV4, joinGroupV7, leaveGroupV4, listGroupsV4, listOffsetsV6, metadataV12, NumericMap, offsetCommitV8, offsetFetchV8, produceV9,
  ResponseError, syncGroupV4, type RecordsBatch,
} from '@platformatic/kafka';
import type { PartitionOf } from '../../group/store.ts';
import { codeOf } from '../codes.ts';
import { byTopic, CONNECT_MS, LinkError, type Address, type FetchedPartition, type FetchRequest, type Link, type LinkOptions, type ProduceRequest, type RawRecord } from '../link.ts';

const TOPIC_RESOURCE = 2;
const SET = 0;
const REQUEST_MS = 30_000;
const ALL_REPLICAS = -1;
const READ_UNCOMMITTED = 0;
const GROUP_KEY = 0;
const NO_SESSION = { id: 0, epoch: -1 };
const ANY_EPOCH = -1;
/** Bits of a batch's attributes. */
const LOG_APPEND_TIME = 0b1000;
const CONTROL = 0b100000;

/** A link over @platformatic/kafka: its connection and its functions for single requests. */
export async function connectPlatformatic(address: Address, options: LinkOptions): Promise<Link> {
  const { tls, sasl } = options;
  const connection = new Connection(options.clientId, {
    // Whoever calls a link bounds its time: a connection that does not answer is closed as a whole.
    connectTimeout: CONNECT_MS, requestTimeout: 600_000, maxInflights: 1_000,
    ...(tls ? { tls: { ca: [tls.ca] }, tlsServerName: true } : {}),
    ...(sasl ? { sasl: { mechanism: sasl.mechanism === 'plain' ? 'PLAIN' : 'SCRAM-SHA-512', username: sasl.username, password: sasl.password } } : {}),
  });
  connection.on('error', () => undefined);
  const grounds: Grounds = {
    connection,
    async answer<Answered>(asked: Promise<Answered>): Promise<Answered> {
      try {
        return await asked;
      } catch (error) {
        // Error codes are the caller's to judge, each where it stands.
        if (error instanceof ResponseError) return error['response'] as Answered;
        throw refused(error, address);
      }
    },
  };
  const overdue = setTimeout(() => connection.socket?.destroy(), CONNECT_MS);
  try {
    await connection.connect(address.host, address.port);
  } catch (error) {
    connection.socket?.destroy();
    throw refused(error, address);
  } finally {
    clearTimeout(overdue);
  }
  return {
    get open() { return connection.isConnected(); },
    close: () => void connection.close().catch(() => undefined),
    ...topicsOf(grounds), ...recordsOf(grounds), ...groupOf(grounds), ...positionsOf(grounds),
  };
}

interface Grounds { connection: Connection; answer<Answered>(asked: Promise<Answered>): Promise<Answered> }

function refused(error: unknown, { host, port }: Address): LinkError {
  const chain = causes(error);
  const credentials = chain.some((each) => 'code' in each && each.code === AuthenticationError.code);
  return new LinkError(credentials ? 'credentials-refused' : 'disconnected', `${host}:${port}: ${chain.map(({ message }) => message).join(' ')}`, { cause: error });
}

function causes(error: unknown): Error[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : [];
}

function topicsOf({ connection, answer }: Grounds): Pick<Link, 'metadata' | 'createTopics' | 'topicConfig' | 'setTopicConfig'> {
  return {
    async metadata(names) {
      const { brokers, topics } = await answer(metadataV12.api.async(connection, names.length > 0 ? names : null, false));
      return {
        nodes: brokers.map(({ nodeId, host, port }) => ({ id: nodeId, host, port })),
        topics: topics.map(({ name, errorCode, partitions }) => ({
          name: name ?? '', error: codeOf(errorCode),
          partitions: partitions.map(({ partitionIndex, leaderId, errorCode: error }) => ({ partition: partitionIndex, leader: leaderId, error: codeOf(error) })),
        })),
      };
    },
    async createTopics(wanted) {
      const { topics } = await answer(createTopicsV7.api.async(connection, wanted.map(({ name, partitions, replicationFactor, config }) => ({
        name, numPartitions: partitions, replicationFactor, assignments: [], configs: config.map(([key, value]) => ({ name: key, value })),
      })), REQUEST_MS, false));
      return topics.map(({ name, errorCode, errorMessage }) => ({ name, error: codeOf(errorCode), message: errorMessage ?? null }));
    },
    async topicConfig(topic, names) {
      const { results } = await answer(describeConfigsV3.api.async(connection, [{ resourceType: TOPIC_RESOURCE, resourceName: topic, configurationKeys: names }], false, false));
      const [result] = results;
      return { error: codeOf(result?.errorCode ?? 0), values: new Map(result?.configs.map(({ name, value }) => [name, value ?? null])) };
    },
    async setTopicConfig(topic, values) {
      const { responses } = await answer(incrementalAlterConfigsV1.api.async(connection, [{
        resourceType: TOPIC_RESOURCE, resourceName: topic, configs: values.map(([name, value]) => ({ name, configOperation: SET, value })),
      }], false));
      return { error: codeOf(responses[0]?.errorCode ?? 0) };
    },
  };
}

function recordsOf({ connection, answer }: Grounds): Pick<Link, 'producerId' | 'produce' | 'fetch' | 'offsetsAt'> {
  return {
    async producerId() {
      const { errorCode, producerId, producerEpoch } = await answer(initProducerIdV4.api.async(connection, null, REQUEST_MS));
      return { error: codeOf(errorCode), id: producerId, epoch: producerEpoch };
    },
    async produce({ producer, timeoutMs, batches }: ProduceRequest) {
      const sequences = new NumericMap(batches.map(({ topic, partition, sequence }) => [`${topic}:${partition}`, sequence]));
      const records = batches.flatMap(({ topic, partition, records: own }) => own.map(({ key, value }) => ({ topic, partition, key, value })));
      const answered = await answer(produceV9.api.async(connection, ALL_REPLICAS, timeoutMs, records, { producerId: producer.id, producerEpoch: producer.epoch, sequences }));
      return (typeof answered === 'boolean' ? [] : answered.responses).flatMap(({ name, partitionResponses }) => partitionResponses.map(
        ({ index, errorCode, baseOffset }) => ({ topic: name, partition: index, error: codeOf(errorCode), offset: Number(baseOffset) })));
    },
    async fetch({ maxWaitMs, maxBytes, wanted }: FetchRequest) {
      const topics = byTopic(wanted).map(([topic, partitions]) => ({
        topicId: topic,
        partitions: partitions.map(({ partition, from, maxBytes: most }) => (
          { partition, fetchOffset: BigInt(from), partitionMaxBytes: most, currentLeaderEpoch: ANY_EPOCH, lastFetchedEpoch: ANY_EPOCH })),
      }));
      const { responses } = await answer(fetchV12.api.async(connection, maxWaitMs, 1, maxBytes, READ_UNCOMMITTED, NO_SESSION.id, NO_SESSION.epoch, topics, [], ''));
      return responses.flatMap(({ topicId, partitions }) => partitions.map(({ partitionIndex, errorCode, highWatermark, records }): FetchedPartition =>
        ({ topic: topicId, partition: partitionIndex, error: codeOf(errorCode), next: Number(highWatermark), records: (records ?? []).flatMap(recordsIn) })));
    },
    async offsetsAt(wanted) {
      const { topics } = await answer(listOffsetsV6.api.async(connection, -1, READ_UNCOMMITTED, byTopic(wanted).map(([name, partitions]) => ({
        name, partitions: partitions.map(({ partition, time }) => ({ partitionIndex: partition, currentLeaderEpoch: ANY_EPOCH, timestamp: BigInt(time) })),
      }))));
      return flat(topics, ({ offset }) => ({ offset: Number(offset) }));
    },
  };
}

function recordsIn({ attributes, firstOffset, firstTimestamp, maxTimestamp, records }: RecordsBatch): RawRecord[] {
  if (attributes & CONTROL) return [];
  const [base, begin, appended] = [Number(firstOffset), Number(firstTimestamp), attributes & LOG_APPEND_TIME ? Number(maxTimestamp) : undefined];
  return records.map(({ offsetDelta, timestampDelta, key, value }) => ({ offset: base + offsetDelta, at: appended ?? begin + Number(timestampDelta), key, value }));
}

function groupOf({ connection, answer }: Grounds): Pick<Link, 'coordinator' | 'join' | 'sync' | 'heartbeat' | 'leave'> {
  return {
    async coordinator(group) {
      const { coordinators: [found] } = await answer(findCoordinatorV4.api.async(connection, GROUP_KEY, [group]));
      return { error: codeOf(found?.errorCode ?? 0), node: { id: found?.nodeId ?? -1, host: found?.host ?? '', port: found?.port ?? 0 } };
    },
    async join({ group, member, sessionMs, rebalanceMs, protocol, subscription }) {
      const answered = await answer(joinGroupV7.api.async(connection, group, sessionMs, rebalanceMs, member, null, 'consumer', [{ name: protocol, metadata: subscription }]));
      return {
        error: codeOf(answered.errorCode), generation: answered.generationId, member: answered.memberId, leader: answered.leader,
        members: answered.members.map((each) => ({ member: each.memberId, subscription: each.metadata })),
      };
    },
    async sync({ group, member, generation, assignments }) {
      const { errorCode, assignment } = await answer(syncGroupV4.api.async(
        connection, group, generation, member, null, null, null, assignments.map((each) => ({ memberId: each.member, assignment: each.assignment }))));
      return { error: codeOf(errorCode), assignment };
    },
    async heartbeat({ group, member, generation }) {
      const { errorCode } = await answer(heartbeatV4.api.async(connection, group, generation, member, null));
      return { error: codeOf(errorCode) };
    },
    async leave({ group, member }) {
      const { errorCode, members } = await answer(leaveGroupV4.api.async(connection, group, [{ memberId: member }]));
      return { error: codeOf(errorCode || (members[0]?.errorCode ?? 0)) };
    },
  };
}

function positionsOf({ connection, answer }: Grounds): Pick<Link, 'commit' | 'committed' | 'groups'> {
  return {
    async commit({ group, member, generation }, positions) {
      const { topics } = await answer(offsetCommitV8.api.async(connection, group, generation, member, null, byTopic(positions).map(([name, partitions]) => ({
        name, partitions: partitions.map(({ partition, next }) => ({ partitionIndex: partition, committedOffset: BigInt(next), committedLeaderEpoch: ANY_EPOCH, committedMetadata: null })),
      }))));
      return flat(topics, () => ({}));
    },
    async committed(group, wanted) {
      const topics = byTopic(wanted).map(([name, partitions]) => ({ name, partitionIndexes: partitions.map(({ partition }) => partition) }));
      const { groups: [found] } = await answer(offsetFetchV8.api.async(connection, [{ groupId: group, memberEpoch: ANY_EPOCH, topics: topics.length > 0 ? topics : null }], false));
      const positions = flat(found?.topics ?? [], ({ committedOffset }) => ({ next: Number(committedOffset) }));
      return { error: codeOf(found?.errorCode ?? 0), positions: positions.filter(({ next, error }) => next >= 0 || error !== 'NONE') };
    },
    async groups() {
      const { errorCode, groups } = await answer(listGroupsV4.api.async(connection, [], []));
      return { error: codeOf(errorCode), groups: groups.map((each) => each.groupId) };
    },
  };
}

function flat<Partition extends { partitionIndex: number; errorCode: number }, More>(
  topics: { name: string; partitions: Partition[] }[], more: (partition: Partition) => More,
): (PartitionOf & { error: ReturnType<typeof codeOf> } & More)[] {
  return topics.flatMap(({ name, partitions }) => partitions.map((each) => ({ topic: name, partition: each.partitionIndex, error: codeOf(each.errorCode), ...more(each) })));
}
