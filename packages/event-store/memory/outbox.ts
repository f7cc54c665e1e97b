import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Outbox } from '../outbox.ts';
import type { DurableStore } from './durable.ts';

export function memoryOutbox(durable: DurableStore, clock: Clock): Outbox {
  return {
    async lead(lane, holder, ttlMs) {
      const now = clock.now();
      const lease = durable.leases.get(lane);
      if (lease && lease.holder !== holder && lease.expiresAt >= now) return undefined;
      const epoch = lease?.holder === holder ? lease.epoch : (lease?.epoch ?? 0) + 1;
      durable.leases.set(lane, { holder, epoch, expiresAt: now + ttlMs });
      return epoch;
    },
    async yield(lane, holder) {
      const lease = durable.leases.get(lane);
      if (lease?.holder === holder) durable.leases.set(lane, { ...lease, expiresAt: -Infinity });
    },
    async scan(lane, floor, limit) {
      const rows = [];
      for (const [id, { row }] of durable.outbox[lane]) {
        if (rows.length === limit) break;
        if (id > floor) rows.push(row);
      }
      return rows;
    },
    async horizon() {
      return Infinity; // an id is given and seen in the same moment
    },
    async remove(lane, epoch, ids) {
      if (durable.leases.get(lane)?.epoch !== epoch) return false;
      for (const id of ids) durable.outbox[lane].delete(id);
      return true;
    },
    async backlog(lane) {
      const [oldest] = durable.outbox[lane].values();
      return { rows: durable.outbox[lane].size, oldestMs: oldest ? Math.max(0, clock.now() - oldest.at) : 0 };
    },
  };
}
