import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import { outboxChannel, type Outbox } from '../outbox.ts';
import type { EventStore, Stream, Wanted } from '../port.ts';
import { storable } from '../storable.ts';
import { answerKey, append } from './append.ts';
import { DurableStore } from './durable.ts';
import { frozen } from './frozen.ts';
import { memoryOutbox } from './outbox.ts';

export interface MemoryEventStoreOptions {
  /** Topic of the log that this store's events go to. */
  topic: string;
  /** The relay's name, whose lanes are woken on their `outboxChannel`. */
  name: string;
  clock: Clock;
  wakeup?: Wakeup;
  /** What an earlier incarnation left behind, or what several share. */
  durable?: DurableStore;
}

/** A store in memory. Every call takes effect at once and whole; what it hands out is frozen, not copied. */
export function memoryEventStore(options: MemoryEventStoreOptions): EventStore & Outbox {
  const { topic, name, clock, wakeup, durable = new DurableStore() } = options;
  return {
    async append(writes, act = {}) {
      const versions = append(durable, { writes, act, topic, now: clock.now() });
      if (writes.some((write) => write.events.length > 0)) wakeup?.wake(outboxChannel(name, 'log'));
      if (act.tasks?.length) wakeup?.wake(outboxChannel(name, 'tasks'));
      return versions;
    },
    load: async (wanted) => wanted.map((each) => load(durable, each)),
    async saveSnapshot(stream, snapshot) {
      const kept = durable.snapshots.get(stream);
      if (!kept || kept.schema !== snapshot.schema || kept.version < snapshot.version)
        durable.snapshots.set(stream, frozen(JSON.parse(storable(snapshot, 'snapshot'))));
    },
    answer: async (scope, key) => durable.answers.get(answerKey(scope, key)),
    dueTimers: async (now, limit) => [...durable.timers.values()]
      .filter((timer) => timer.dueAt <= now)
      .sort((a, b) => a.dueAt - b.dueAt || compare(a.id, b.id))
      .slice(0, limit),
    ...listing(durable),
    ...memoryOutbox(durable, clock),
    async prune(before) {
      for (const [message, at] of durable.inbox) if (at < before.inbox) durable.inbox.delete(message);
      for (const [key, { at }] of durable.answers) if (at < before.answers) durable.answers.delete(key);
    },
    ping: async () => undefined,
    close: async () => undefined,
  };
}

function load(durable: DurableStore, { stream, after, snapshotSchema }: Wanted): Stream {
  const snapshot = after === undefined ? durable.snapshots.get(stream) : undefined;
  const usable = snapshot && snapshot.schema === snapshotSchema ? { snapshot } : {};
  const events = durable.streams.get(stream)?.slice(after ?? usable.snapshot?.version ?? 0) ?? [];
  return { stream, version: durable.version(stream), ...usable, events };
}

function listing(durable: DurableStore): Pick<EventStore, 'readAll' | 'streams'> {
  return {
    async readAll(after, limit) {
      const { events } = durable;
      let from = 0;
      for (let past = events.length; from < past;) {
        const middle = (from + past) >> 1;
        if ((events[middle]?.position ?? 0) <= after) from = middle + 1;
        else past = middle;
      }
      return events.slice(from, from + limit);
    },
    async streams(prefix, after, limit) {
      return [...durable.streams]
        .filter(([stream]) => stream.startsWith(prefix) && stream > after)
        .sort(([a], [b]) => compare(a, b))
        .slice(0, limit)
        .map(([stream, events]) => ({ stream, version: events.length }));
    },
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
