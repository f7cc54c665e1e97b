import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import { localWakeup, type Wakeup } from '@tradewind/chassis/wakeup.ts';
import { Member, wakeReaders, type Grounds } from '../group/member.ts';
import type { GroupStore } from '../group/store.ts';
import { encodeMessage } from '../message.ts';
import { partitionOf } from '../partition.ts';
import { logErrors, type Log, type SeekTarget } from '../port.ts';
import { DurableLog, MemoryTopic, type MemoryPartition } from './durable.ts';
import { memoryGroups, fetch } from './groups.ts';
import { memoryLogFeatures } from './features.ts';

export interface MemoryLogOptions {
  clock: Clock;
  /** What an earlier incarnation left behind, or what several share. */
  durable?: DurableLog;
  /** Hints between logs that share `durable`; without it they find each other's records by polling. */
  wakeup?: Wakeup;
  logger?: Logger;
  /** A member that is silent for this long loses its partitions. Default 6 s. */
  leaseMs?: number;
  /** Default 250 ms. */
  pollMs?: number;
  /** What the members of this log reach its groups through: a connection that may fail. Default: directly. */
  through?: (store: GroupStore) => GroupStore;
}

/**
 * A log in memory, as deterministic as its clock. Every act is whole at once: an incarnation whose clock
 * stands still after a crash does nothing more, and its leases run out by the clocks of the others.
 */
export function memoryLog(options: MemoryLogOptions): Log {
  const { clock, logger, durable = new DurableLog(), wakeup = localWakeup(), leaseMs = 6_000, pollMs = 250, through = (store) => store } = options;
  const grounds: Grounds = { store: through(memoryGroups(durable, clock)), clock, logger, wakeup, leaseMs, pollMs, lingerMs: 0 };
  const members = new Set<Member>();
  return {
    features: memoryLogFeatures,
    async ensureTopics(topics) {
      for (const spec of topics) {
        const topic = durable.topics.get(spec.name);
        if (!topic) durable.topics.set(spec.name, new MemoryTopic(spec));
        else if (topic.partitions.length === spec.partitions) topic.retentionMs = spec.retentionMs;
        else throw logErrors.error('topic-differs', `${spec.name} has ${topic.partitions.length} partitions, not ${spec.partitions}`);
      }
    },
    async publish(name, messages) {
      const topic = durable.topic(name);
      const lines = messages.map(encodeMessage);
      const at = clock.now();
      topic.retain(at);
      const positions = messages.map(({ key }, n) => {
        const partition = partitionOf(key, topic.partitions.length);
        return { partition, offset: durable.partition({ topic: name, partition }).append({ at, line: lines[n] ?? '' }) };
      });
      wakeReaders(wakeup, name, positions);
      return positions;
    },
    async subscribe(subscription, handle) {
      durable.members += 1;
      const member = new Member(grounds, `member-${String(durable.members).padStart(6, '0')}`, subscription, handle);
      await member.start(subscription.from ?? 'beginning');
      members.add(member);
      return member;
    },
    read: async (topic, partition, from, limit) => fetch(durable, { topic, partition, from, limit }).records,
    ends: async (name) => durable.topic(name).partitions.map(({ first, next }, partition) => ({ partition, first, next })),
    lag: async (group) => [...(durable.groups.get(group)?.leases.values() ?? [])]
      .map(({ topic, partition, position }) => ({ topic, partition, committed: position, next: durable.partition({ topic, partition }).next })),
    groups: async () => [...durable.groups.keys()].sort(),
    seek: async (group, topic, to) => seek(durable, { group, topic, to, now: clock.now() }),
    async close() {
      await Promise.all([...members].map((member) => member.stop()));
    },
  };
}

interface Seek { group: string; topic: string; to: SeekTarget; now: number }

function seek(durable: DurableLog, { group: name, topic, to, now }: Seek): void {
  const partitions = typeof to === 'object' && 'partition' in to ? [to.partition] : [...durable.topic(topic).partitions.keys()];
  const ends = partitions.map((partition) => durable.partition({ topic, partition }));
  const group = durable.group(name);
  if (group.live(now).length > 0) throw logErrors.error('group-active', `${name} has members`);
  for (const [at, records] of ends.entries()) {
    const where = { topic, partition: partitions[at] ?? 0 };
    group.begin(where, records.first);
    const position = positionOf(records, to);
    const lease = group.leases.get(`${topic}/${where.partition}`);
    // A new epoch: a member that comes to itself after its lease ran out must not commit over this.
    if (lease) Object.assign(lease, { position, epoch: lease.epoch + 1, holder: undefined });
  }
}

function positionOf({ first, next, records }: MemoryPartition, to: SeekTarget): number {
  if (to === 'beginning') return first;
  if (to === 'end') return next;
  if ('offset' in to) return Math.min(Math.max(to.offset, first), next);
  const since = records.findIndex(({ at }) => at >= to.time);
  return since < 0 ? next : first + since;
}
