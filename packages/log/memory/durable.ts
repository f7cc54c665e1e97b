import type { Claim } from '../group/store.ts';
import { nameOf, type PartitionOf } from '../group/store.ts';
import { logErrors, type TopicSpec } from '../port.ts';

/** What a crash leaves: topics with their records, groups with their positions, members and leases. */
export class DurableLog {
  readonly topics = new Map<string, MemoryTopic>();
  readonly groups = new Map<string, MemoryGroup>();
  /** Members so far, over all incarnations: no two have the same name. */
  members = 0;

  /** @throws CodedError `topic-unknown` */
  topic(name: string): MemoryTopic {
    const topic = this.topics.get(name);
    if (!topic) throw logErrors.error('topic-unknown', `topic ${name} was never created`);
    return topic;
  }

  /** @throws CodedError `topic-unknown` */
  partition({ topic, partition }: PartitionOf): MemoryPartition {
    const found = this.topic(topic).partitions[partition];
    if (!found) throw logErrors.error('topic-unknown', `topic ${topic} has no partition ${partition}`);
    return found;
  }

  group(name: string): MemoryGroup {
    const group = this.groups.get(name) ?? new MemoryGroup();
    this.groups.set(name, group);
    return group;
  }
}

export interface StoredRecord { at: number; line: string }

export class MemoryPartition {
  first = 0;
  readonly records: StoredRecord[] = [];

  get next(): number {
    return this.first + this.records.length;
  }

  append(record: StoredRecord): number {
    this.records.push(record);
    return this.next - 1;
  }

  /** Records from `from` on, or from the first that is still there. */
  from(from: number, limit: number): { offset: number; record: StoredRecord }[] {
    const begin = Math.max(from, this.first);
    return this.records.slice(begin - this.first, begin - this.first + limit).map((record, n) => ({ offset: begin + n, record }));
  }

  forget(before: number): void {
    const young = this.records.findIndex((record) => record.at >= before);
    const old = young === -1 ? this.records.length : young;
    this.records.splice(0, old);
    this.first += old;
  }
}

export class MemoryTopic {
  readonly partitions: MemoryPartition[];
  retentionMs: number | undefined;

  constructor(spec: TopicSpec) {
    this.partitions = Array.from({ length: spec.partitions }, () => new MemoryPartition());
    this.retentionMs = spec.retentionMs;
  }

  /** Drops what is older than the topic keeps. */
  retain(now: number): void {
    if (this.retentionMs === undefined) return;
    for (const partition of this.partitions) partition.forget(now - this.retentionMs);
  }
}

interface MemoryLease extends Claim { position: number; expiresAt: number }

export class MemoryGroup {
  readonly leases = new Map<string, MemoryLease>();
  readonly members = new Map<string, { topics: string[]; expiresAt: number }>();

  /** Gives the group a position where it has none. */
  begin(where: PartitionOf, position: number): void {
    const { topic, partition } = where;
    if (!this.leases.has(nameOf(where))) this.leases.set(nameOf(where), { topic, partition, epoch: 0, position, expiresAt: 0 });
  }

  live(now: number): { member: string; topics: string[] }[] {
    for (const [member, { expiresAt }] of this.members) if (expiresAt <= now) this.members.delete(member);
    return [...this.members].map(([member, { topics }]) => ({ member, topics }));
  }

  claims(now: number): Claim[] {
    return [...this.leases.values()].map(({ topic, partition, epoch, holder, expiresAt }) =>
      ({ topic, partition, epoch, ...(holder !== undefined && expiresAt > now ? { holder } : {}) }));
  }
}
