import type { PartitionOf } from '../group/store.ts';
import type { Code } from './codes.ts';

/**
 * One connection to one broker, over whichever client: each call is one request of Kafka's protocol and
 * resolves to what the broker answered, error codes included. It rejects only when no answer came
 * (`LinkError`); no call is tried twice.
 */
export interface Link {
  /** Whether calls may still succeed. */
  readonly open: boolean;
  close(): void;

  /** No names: all topics. */
  metadata(topics: string[]): Promise<Metadata>;
  createTopics(topics: NewTopic[]): Promise<{ name: string; error: Code; message: string | null }[]>;
  /** Settings of a topic, as text. */
  topicConfig(topic: string, names: string[]): Promise<Answer & { values: Map<string, string | null> }>;
  /** Sets these; others stay. */
  setTopicConfig(topic: string, values: [name: string, value: string][]): Promise<Answer>;

  producerId(): Promise<Answer & Producer>;
  produce(request: ProduceRequest): Promise<(PartitionOf & Answer & { offset: number })[]>;

  fetch(request: FetchRequest): Promise<FetchedPartition[]>;
  /** The first offset at or after a time, -1 where there is none; `EARLIEST` and `LATEST` are times too. */
  offsetsAt(wanted: (PartitionOf & { time: number })[]): Promise<(PartitionOf & Answer & { offset: number })[]>;

  coordinator(group: string): Promise<Answer & { node: Node }>;
  join(request: JoinRequest): Promise<Joined>;
  sync(request: MemberOf & { assignments: { member: string; assignment: Buffer }[] }): Promise<Answer & { assignment: Buffer }>;
  heartbeat(member: MemberOf): Promise<Answer>;
  leave(member: MemberOf): Promise<Answer>;
  commit(member: MemberOf, positions: Committed[]): Promise<(PartitionOf & Answer)[]>;
  /** Positions of a group that it has; no partitions asked for: all. */
  committed(group: string, wanted: PartitionOf[]): Promise<Answer & { positions: (Committed & Answer)[] }>;
  /** Groups this broker coordinates. */
  groups(): Promise<Answer & { groups: string[] }>;
}

export interface Answer { error: Code }
export interface Node { id: number; host: string; port: number }
export interface Metadata {
  nodes: Node[];
  topics: { name: string; error: Code; partitions: { partition: number; leader: number; error: Code }[] }[];
}
export interface NewTopic { name: string; partitions: number; /** -1: the broker's default. */ replicationFactor: number; config: [name: string, value: string][] }
export interface Producer { id: bigint; epoch: number }
export interface ProduceRequest { producer: Producer; timeoutMs: number; batches: ProduceBatch[] }
export interface ProduceBatch extends PartitionOf { sequence: number; records: { key: Buffer; value: Buffer }[] }
export interface FetchRequest { maxWaitMs: number; maxBytes: number; wanted: (PartitionOf & { from: number; maxBytes: number })[] }
/** `next`: the partition's next offset to be given. Records may begin before what was asked for: batches come whole. */
export interface FetchedPartition extends PartitionOf, Answer { next: number; records: RawRecord[] }
export interface RawRecord { offset: number; at: number; key: Buffer | null; value: Buffer | null }
export interface MemberOf { group: string; member: string; generation: number }
export interface JoinRequest { group: string; member: string; sessionMs: number; rebalanceMs: number; protocol: string; subscription: Buffer }
export interface Joined extends Answer { generation: number; member: string; leader: string; /** Only the leader is told. */ members: { member: string; subscription: Buffer }[] }
export interface Committed extends PartitionOf { next: number }

export const EARLIEST = -2;
export const LATEST = -1;

export interface Address { host: string; port: number }

export interface LinkOptions {
  clientId: string;
  tls?: { ca: string };
  sasl?: { mechanism: 'plain' | 'scram-sha-512'; username: string; password: string };
}

/** Connecting takes no longer: a broker that stands still may take a connection and never say a word. */
export const CONNECT_MS = 5_000;

/** Opens a link, authenticated. @throws LinkError */
export type Connect = (address: Address, options: LinkOptions) => Promise<Link>;

/** `disconnected`: no answer, and the request may have been carried out or not. */
export class LinkError extends Error {
  override readonly name: string = 'LinkError';
  readonly kind: 'disconnected' | 'credentials-refused';
  constructor(kind: LinkError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** Partitions by topic, as requests want them. */
export function byTopic<Wanted extends PartitionOf>(wanted: Wanted[]): [topic: string, partitions: Wanted[]][] {
  const topics = new Map<string, Wanted[]>();
  for (const each of wanted) {
    const same = topics.get(each.topic);
    if (same) same.push(each);
    else topics.set(each.topic, [each]);
  }
  return [...topics];
}
