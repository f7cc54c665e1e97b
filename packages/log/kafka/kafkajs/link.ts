import type { PartitionOf } from '../../group/store.ts';
import { codeOf } from '../codes.ts';
import { byTopic, CONNECT_MS, LinkError, type Address, type FetchedPartition, type FetchRequest, type Link, type LinkOptions, type ProduceRequest } from '../link.ts';
import { connectionOptions, internals, withoutIdleTimers, type Connection, type Decoder, type Encoder, type Exchange, type Internals, type Versions } from './internals.ts';

interface Fault { errorCode: number }
interface Topics<Partition> { responses: { topic: string; partitions: Partition[] }[] }

const TOPIC_RESOURCE = 2;
const SET = 0;
const INCREMENTAL_ALTER_CONFIGS = 44;
const REQUEST_MS = 30_000;
const ALL_REPLICAS = -1;

/** A link over kafkajs 2.2.4: its connection and its reading and writing of the protocol, without its clients. */
export async function connectKafkajs(address: Address, options: LinkOptions): Promise<Link> {
  const inner = internals();
  const connection = new inner.Connection(connectionOptions(address, options));
  withoutIdleTimers(connection);
  const exchange = <Decoded>(made: Exchange<Decoded>) => answered(connection, address, made);
  const overdue = setTimeout(() => close(connection), CONNECT_MS);
  try {
    await connection.connect();
    const { apiVersions } = await exchange(request(inner, 'ApiVersions', 2)({}) as Exchange<{ apiVersions: { apiKey: number; maxVersion: number }[] }>);
    const versions: Versions = Object.fromEntries(apiVersions.map(({ apiKey, maxVersion }) => [apiKey, { maxVersion }]));
    connection.setVersions(versions);
    connection.setSupportAuthenticationProtocol(true);
    if (options.sasl) await connection.authenticate();
    return linkOf({ inner, connection, versions, exchange });
  } catch (error) {
    close(connection);
    throw refused(error, address);
  } finally {
    clearTimeout(overdue);
  }
}

interface Grounds { inner: Internals; connection: Connection; versions: Versions; exchange<Decoded>(made: Exchange<Decoded>): Promise<Decoded> }

function linkOf(grounds: Grounds): Link {
  return {
    get open() { return grounds.connection.isConnected(); },
    close: () => close(grounds.connection),
    ...topicsOf(grounds), ...recordsOf(grounds), ...groupOf(grounds), ...positionsOf(grounds),
  };
}

/** The newest version that both sides know. */
function request({ requests }: Internals, name: string, newest: number): (options: object) => Exchange<unknown> {
  const { versions, protocol } = requests[name] ?? { versions: [], protocol: () => () => { throw new Error(`kafkajs does not know ${name}`); } };
  return protocol({ version: Math.min(newest, Math.max(...versions.map(Number))) });
}

function ask<Decoded>({ inner, versions, exchange }: Grounds, name: string, options: object): Promise<Decoded> {
  return exchange(request(inner, name, versions[inner.apiKeys[name] ?? -1]?.maxVersion ?? 0)(options) as Exchange<Decoded>);
}

async function answered<Decoded>(connection: Connection, address: Address, { request: made, response }: Exchange<Decoded>): Promise<Decoded> {
  try {
    return await connection.send({ request: made, response: { decode: (data) => response.decode(data), parse: async (decoded) => decoded } });
  } catch (error) {
    throw refused(error, address);
  }
}

function refused(error: unknown, { host, port }: Address): LinkError {
  if (error instanceof LinkError) return error;
  const { name, message, code } = error as { name?: string; message?: string; code?: unknown };
  const credentials = name === 'KafkaJSSASLAuthenticationError' || (typeof code === 'number' && codeOf(code).includes('SASL'));
  return new LinkError(credentials ? 'credentials-refused' : 'disconnected', `${host}:${port}: ${message ?? String(error)}`, { cause: error });
}

function close(connection: Connection): void {
  connection.rejectRequests(new LinkError('disconnected', 'the connection was closed'));
  void connection.disconnect().catch(() => undefined);
}

function topicsOf(grounds: Grounds): Pick<Link, 'metadata' | 'createTopics' | 'topicConfig' | 'setTopicConfig'> {
  interface Topic { topicErrorCode: number; topic: string; partitionMetadata: { partitionErrorCode: number; partitionId: number; leader: number }[] }
  return {
    async metadata(topics) {
      const { brokers, topicMetadata } = await ask<{ brokers: { nodeId: number; host: string; port: number }[]; topicMetadata: Topic[] }>(
        grounds, 'Metadata', { topics, allowAutoTopicCreation: false });
      return {
        nodes: brokers.map(({ nodeId, host, port }) => ({ id: nodeId, host, port })),
        topics: topicMetadata.map(({ topic, topicErrorCode, partitionMetadata }) => ({
          name: topic, error: codeOf(topicErrorCode),
          partitions: partitionMetadata.map(({ partitionId, leader, partitionErrorCode }) => ({ partition: partitionId, leader, error: codeOf(partitionErrorCode) })),
        })),
      };
    },
    async createTopics(topics) {
      const { topicErrors } = await ask<{ topicErrors: (Fault & { topic: string; errorMessage: string | null })[] }>(grounds, 'CreateTopics', {
        timeout: REQUEST_MS, validateOnly: false,
        topics: topics.map(({ name, partitions, replicationFactor, config }) => ({
          topic: name, numPartitions: partitions, replicationFactor, configEntries: config.map(([key, value]) => ({ name: key, value })),
        })),
      });
      return topicErrors.map(({ topic, errorCode, errorMessage }) => ({ name: topic, error: codeOf(errorCode), message: errorMessage }));
    },
    async topicConfig(topic, names) {
      const { resources } = await ask<{ resources: (Fault & { configEntries: { configName: string; configValue: string | null }[] })[] }>(
        grounds, 'DescribeConfigs', { resources: [{ type: TOPIC_RESOURCE, name: topic, configNames: names }] });
      const [resource] = resources;
      return { error: codeOf(resource?.errorCode ?? 0), values: new Map(resource?.configEntries.map(({ configName, configValue }) => [configName, configValue])) };
    },
    async setTopicConfig(topic, values) {
      const [result] = await grounds.exchange(alterTopicConfig(grounds.inner, topic, values));
      return { error: codeOf(result ?? 0) };
    },
  };
}

/** kafkajs knows only the request that replaces all settings of a topic. */
function alterTopicConfig({ Encoder, Decoder }: Internals, topic: string, values: [string, string][]): Exchange<number[]> {
  const encode = async (): Promise<Encoder> => new Encoder()
    .writeArray([new Encoder().writeInt8(TOPIC_RESOURCE).writeString(topic)
      .writeArray(values.map(([name, value]) => new Encoder().writeString(name).writeInt8(SET).writeString(value)))])
    .writeBoolean(false);
  const result = (decoder: Decoder): number => {
    const error = decoder.readInt16();
    decoder.readString();
    decoder.readInt8();
    decoder.readString();
    return error;
  };
  return {
    request: { apiKey: INCREMENTAL_ALTER_CONFIGS, apiVersion: 0, apiName: 'IncrementalAlterConfigs', encode },
    response: {
      async decode(data) {
        const decoder = new Decoder(data);
        decoder.readInt32();
        return decoder.readArray(result);
      },
      parse: async (decoded) => decoded,
    },
  };
}

function recordsOf(grounds: Grounds): Pick<Link, 'producerId' | 'produce' | 'fetch' | 'offsetsAt'> {
  return {
    async producerId() {
      const { errorCode, producerId, producerEpoch } = await ask<Fault & { producerId: string; producerEpoch: number }>(
        grounds, 'InitProducerId', { transactionalId: null, transactionTimeout: REQUEST_MS });
      return { error: codeOf(errorCode), id: BigInt(producerId), epoch: producerEpoch };
    },
    async produce({ producer, timeoutMs, batches }: ProduceRequest) {
      const { topics } = await ask<{ topics: { topicName: string; partitions: (Fault & { partition: number; baseOffset: string })[] }[] }>(grounds, 'Produce', {
        acks: ALL_REPLICAS, timeout: timeoutMs, transactionalId: null, producerId: producer.id, producerEpoch: producer.epoch,
        topicData: byTopic(batches).map(([topic, partitions]) => ({
          topic, partitions: partitions.map(({ partition, sequence, records }) => ({ partition, firstSequence: sequence, messages: records })),
        })),
      });
      return topics.flatMap(({ topicName, partitions }) => partitions.map(({ partition, errorCode, baseOffset }) =>
        ({ topic: topicName, partition, error: codeOf(errorCode), offset: Number(baseOffset) })));
    },
    fetch: (wanted) => fetch(grounds, wanted),
    async offsetsAt(wanted) {
      const { responses } = await ask<Topics<Fault & { partition: number; offset: string }>>(grounds, 'ListOffsets', {
        isolationLevel: 0,
        topics: byTopic(wanted).map(([topic, partitions]) => ({ topic, partitions: partitions.map(({ partition, time }) => ({ partition, timestamp: time })) })),
      });
      return flat(responses, ({ offset }) => ({ offset: Number(offset) }));
    },
  };
}

interface FetchedRecord { offset: string; timestamp: string; key: Buffer | null; value: Buffer | null; isControlRecord: boolean }

async function fetch(grounds: Grounds, { maxWaitMs, maxBytes, wanted }: FetchRequest): Promise<FetchedPartition[]> {
  const { responses } = await ask<{ responses: { topicName: string; partitions: (Fault & { partition: number; highWatermark: string; messages: FetchedRecord[] })[] }[] }>(
    grounds, 'Fetch', {
      maxWaitTime: maxWaitMs, minBytes: 1, maxBytes, isolationLevel: 0,
      topics: byTopic(wanted).map(([topic, partitions]) => ({
        topic, partitions: partitions.map(({ partition, from, maxBytes: most }) => ({ partition, fetchOffset: from, maxBytes: most })),
      })),
    });
  return responses.flatMap(({ topicName, partitions }) => partitions.map(({ partition, errorCode, highWatermark, messages }) => ({
    topic: topicName, partition, error: codeOf(errorCode), next: Number(highWatermark),
    records: messages.filter((each) => !each.isControlRecord)
      .map(({ offset, timestamp, key, value }) => ({ offset: Number(offset), at: Number(timestamp), key, value })),
  })));
}

function groupOf(grounds: Grounds): Pick<Link, 'coordinator' | 'join' | 'sync' | 'heartbeat' | 'leave'> {
  return {
    async coordinator(group) {
      const { errorCode, coordinator } = await ask<Fault & { coordinator: { nodeId: number; host: string; port: number } }>(
        grounds, 'GroupCoordinator', { groupId: group });
      return { error: codeOf(errorCode), node: { id: coordinator.nodeId, host: coordinator.host, port: coordinator.port } };
    },
    async join({ group, member, sessionMs, rebalanceMs, protocol, subscription }) {
      const answer = await ask<Fault & { generationId: number; leaderId: string; memberId: string; members: { memberId: string; memberMetadata: Buffer }[] }>(
        grounds, 'JoinGroup', {
          groupId: group, memberId: member, sessionTimeout: sessionMs, rebalanceTimeout: rebalanceMs, protocolType: 'consumer',
          groupProtocols: [{ name: protocol, metadata: subscription }],
        });
      return {
        error: codeOf(answer.errorCode), generation: answer.generationId, member: answer.memberId, leader: answer.leaderId,
        members: answer.members.map((each) => ({ member: each.memberId, subscription: each.memberMetadata })),
      };
    },
    async sync({ group, member, generation, assignments }) {
      const { errorCode, memberAssignment } = await ask<Fault & { memberAssignment: Buffer }>(grounds, 'SyncGroup', {
        groupId: group, generationId: generation, memberId: member,
        groupAssignment: assignments.map((each) => ({ memberId: each.member, memberAssignment: each.assignment })),
      });
      return { error: codeOf(errorCode), assignment: memberAssignment };
    },
    async heartbeat({ group, member, generation }) {
      const { errorCode } = await ask<Fault>(grounds, 'Heartbeat', { groupId: group, groupGenerationId: generation, memberId: member });
      return { error: codeOf(errorCode) };
    },
    async leave({ group, member }) {
      const { errorCode, members } = await ask<Fault & { members?: Fault[] }>(grounds, 'LeaveGroup', { groupId: group, memberId: member, members: [{ memberId: member }] });
      return { error: codeOf(errorCode || (members?.[0]?.errorCode ?? 0)) };
    },
  };
}

function positionsOf(grounds: Grounds): Pick<Link, 'commit' | 'committed' | 'groups'> {
  return {
    async commit({ group, member, generation }, positions) {
      const { responses } = await ask<Topics<Fault & { partition: number }>>(grounds, 'OffsetCommit', {
        groupId: group, groupGenerationId: generation, memberId: member,
        topics: byTopic(positions).map(([topic, partitions]) => ({ topic, partitions: partitions.map(({ partition, next }) => ({ partition, offset: next })) })),
      });
      return flat(responses, () => ({}));
    },
    async committed(group, wanted) {
      const { errorCode, responses } = await ask<Fault & Topics<Fault & { partition: number; offset: string }>>(grounds, 'OffsetFetch', {
        groupId: group, topics: byTopic(wanted).map(([topic, partitions]) => ({ topic, partitions: partitions.map(({ partition }) => ({ partition })) })),
      });
      return { error: codeOf(errorCode), positions: flat(responses, ({ offset }) => ({ next: Number(offset) })).filter(({ next, error }) => next >= 0 || error !== 'NONE') };
    },
    async groups() {
      const { errorCode, groups } = await ask<Fault & { groups: { groupId: string }[] }>(grounds, 'ListGroups', {});
      return { error: codeOf(errorCode), groups: groups.map((each) => each.groupId) };
    },
  };
}

function flat<Partition extends Fault & { partition: number }, More>(
  responses: Topics<Partition>['responses'], more: (partition: Partition) => More,
): (PartitionOf & { error: ReturnType<typeof codeOf> } & More)[] {
  return responses.flatMap(({ topic, partitions }) => partitions.map((each) => ({ topic, partition: each.partition, error: codeOf(each.errorCode), ...more(each) })));
}
