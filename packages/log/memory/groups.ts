import type { Clock } from '@tradewind/chassis/clock.ts';
import { nameOf, type Fetched, type GroupStore, type Lease, type Taken, type Wanted } from '../group/store.ts';
import { decodeMessage } from '../message.ts';
import type { LogRecord } from '../port.ts';
import type { DurableLog } from './durable.ts';

/** The groups of a log in memory: leases run out by the given clock. */
export function memoryGroups(durable: DurableLog, clock: Clock): GroupStore {
  const held = ({ group, member, epoch, ...where }: Lease) => {
    const lease = durable.group(group).leases.get(nameOf(where));
    return lease?.holder === member && lease.epoch === epoch ? lease : undefined;
  };
  return {
    async join({ group, topics }, from) {
      for (const topic of topics)
        for (const [partition, { first, next }] of durable.topic(topic).partitions.entries())
          durable.group(group).begin({ topic, partition }, from === 'end' ? next : first);
    },
    async beat({ group, member, topics }, ttlMs) {
      const { members, leases } = durable.group(group);
      const now = clock.now();
      members.set(member, { topics, expiresAt: now + ttlMs });
      for (const lease of leases.values()) if (lease.holder === member) lease.expiresAt = now + ttlMs;
      return { members: durable.group(group).live(now), claims: durable.group(group).claims(now) };
    },
    async take({ group, member }, partitions, ttlMs) {
      const now = clock.now();
      return partitions.flatMap((where): Taken[] => {
        const lease = durable.group(group).leases.get(nameOf(where));
        if (!lease || (lease.holder !== undefined && lease.holder !== member && lease.expiresAt > now)) return [];
        Object.assign(lease, { holder: member, epoch: lease.epoch + 1, expiresAt: now + ttlMs });
        const { topic, partition, epoch, position } = lease;
        return [{ lease: { group, member, topic, partition, epoch }, position }];
      });
    },
    async commit(lease, next) {
      const mine = held(lease);
      if (mine) mine.position = next;
      return mine !== undefined;
    },
    async release(leases) {
      for (const lease of leases) delete held(lease)?.holder;
    },
    async leave({ group, member }) {
      durable.group(group).members.delete(member);
      for (const lease of durable.group(group).leases.values()) if (lease.holder === member) delete lease.holder;
    },
    fetch: async (wanted) => wanted.map((each) => fetch(durable, each)),
  };
}

/** Each reader gets a copy of its own, as from a real log. */
export function fetch(durable: DurableLog, { topic, partition, from, limit }: Wanted): Fetched {
  const records = durable.partition({ topic, partition }).from(from, limit).map(({ offset, record }): LogRecord =>
    ({ topic, partition, offset, at: record.at, ...decodeMessage(record.line) }));
  return { records, more: records.length === limit };
}
