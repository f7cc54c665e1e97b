import type { Clock } from '@tradewind/chassis/clock.ts';
import { BEHIND, parkingErrors, type Arrival, type ParkedRecord, type ParkingLot, type Place, type Standing } from '../port.ts';

/** What a crash leaves of a lot. */
export class DurableLot {
  readonly groups = new Map<string, DurableGroup>();
  ids = 0;

  group(name: string): DurableGroup {
    const group = this.groups.get(name) ?? new DurableGroup();
    this.groups.set(name, group);
    return group;
  }
}

interface Key { wanted: boolean; holder?: string; heldUntil: number }

class DurableGroup {
  /** By id, in the order in which they came. */
  readonly records = new Map<string, ParkedRecord>();
  /** Those with parked records. */
  readonly keys = new Map<string, Key>();
  departed = 0;

  at({ topic, partition, offset }: Place): ParkedRecord | undefined {
    return [...this.records.values()].find((each) => each.topic === topic && each.partition === partition && each.offset === offset);
  }

  parked(key?: string): ParkedRecord[] {
    return [...this.records.values()].filter((each) => each.state === 'parked' && (key === undefined || each.key === key));
  }

  release(key: string): void {
    if (this.parked(key).length === 0) this.keys.delete(key);
  }
}

/** A parking lot in memory. Every act is whole at once; claims end by the given clock. */
export function memoryParkingLot({ clock, durable = new DurableLot() }: { clock: Clock; durable?: DurableLot }): ParkingLot {
  return {
    standing: async (name) => standing(durable.group(name)),
    async park(name, arrival) {
      const group = durable.group(name);
      const known = group.at(arrival.record);
      if (known) return known.state;
      if (!arrival.failure && !group.keys.has(arrival.key)) return 'free';
      if (!group.keys.has(arrival.key)) group.keys.set(arrival.key, { wanted: false, heldUntil: 0 });
      const id = String(durable.ids += 1);
      group.records.set(id, parked(id, arrival));
      return 'parked';
    },
    async redrive(name, key) {
      const group = durable.group(name);
      for (const [each, entry] of group.keys) if (key === undefined || key === each) entry.wanted = true;
      return group.parked(key).length;
    },
    async claim(name, holder, { ttlMs, limit }) {
      const now = clock.now();
      const group = durable.group(name);
      const free = [...group.keys].filter(([, key]) => key.wanted && (key.holder === undefined || key.holder === holder || key.heldUntil <= now)).slice(0, limit);
      for (const [, key] of free) Object.assign(key, { holder, heldUntil: now + ttlMs });
      return structuredClone(free.flatMap(([key]) => group.parked(key).slice(0, 1)));
    },
    async leave(name, id) {
      const group = durable.group(name);
      const record = group.records.get(id);
      if (record?.state !== 'parked') return;
      group.records.delete(id);
      group.departed += 1;
      group.release(record.key);
    },
    async fail(name, id, failure) {
      const group = durable.group(name);
      const record = group.records.get(id);
      if (record?.state !== 'parked') return;
      Object.assign(record, failure, { firstAt: record.attempts === 0 ? failure.firstAt : record.firstAt });
      group.keys.set(record.key, { wanted: false, heldUntil: 0 });
    },
    async drop(name, id, dropped) {
      const group = durable.group(name);
      const record = group.records.get(id);
      if (record?.state !== 'parked') throw parkingErrors.error('parked-unknown', `no record is parked as ${id} in ${name}`);
      Object.assign(record, { state: 'dropped', dropped });
      group.release(record.key);
      return structuredClone(record);
    },
    list: async (name, { key, state, limit }) => structuredClone([...durable.group(name).records.values()]
      .filter((each) => (key === undefined || each.key === key) && (state === undefined || each.state === state)).slice(0, limit)),
    find: async (name, id) => structuredClone(durable.group(name).records.get(id)),
    aside: async (name) => [...durable.group(name).records.values()].map((each) => ({ ...placeOf(each), key: each.key, state: each.state })),
    close: async () => undefined,
  };
}

function standing(group: DurableGroup): Standing {
  return {
    keys: [...group.keys.keys()], dropped: [...group.records.values()].filter((each) => each.state === 'dropped').map(placeOf),
    records: group.parked().length, wanted: [...group.keys.values()].some((key) => key.wanted), departed: group.departed,
  };
}

function parked(id: string, { record: { topic, partition, offset, envelope, at: takenAt }, key, failure, at }: Arrival): ParkedRecord {
  const { code, reason, attempts, firstAt, lastAt } = failure ?? { code: BEHIND, reason: 'it waits behind an earlier record of its key', attempts: 0, firstAt: at, lastAt: at };
  return structuredClone({ id, key, topic, partition, offset, envelope, takenAt, state: 'parked', code, reason, attempts, firstAt, lastAt });
}

function placeOf({ topic, partition, offset }: Place): Place {
  return { topic, partition, offset };
}
