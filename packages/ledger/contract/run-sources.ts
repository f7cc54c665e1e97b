import { notificationsQueue, topics } from '@tradewind/events/topology.ts';
import type { LogRecord } from '@tradewind/log/port.ts';
import { storeNames, type LedgerSources, type StoreName, type StoreRow, type StoreSource } from '../facts.ts';
import { THEN, type Run } from './run.ts';

/** A run as the ledger reads it, straight from its lists. */
export function sourcesOf(run: Run): LedgerSources {
  return {
    stores: Object.fromEntries(storeNames.map((name) => [name, storeOf(run, name)])) as Record<StoreName, StoreSource>,
    log: {
      ends: (topic) => Promise.resolve([{ partition: 0, first: 0, next: recordsOf(run, topic).length }]),
      read: (topic, _, from, limit) => Promise.resolve(recordsOf(run, topic).slice(from, from + limit)),
    },
    tasks: {
      depths: () => Promise.resolve([{ queue: notificationsQueue, ready: run.waiting, unsettled: 0, retrying: 0, dead: run.dead.length }]),
      deadLetters: () => Promise.resolve(run.dead.map((envelope) => ({ id: envelope.id, reason: '', attempts: 8, at: THEN, exchange: '', routingKey: '', envelope }))),
    },
    provider: { entries: () => list(run.book) },
    orderHistory: { positions: () => Promise.resolve([{ partition: 0, next: run.folded }]), rows: () => list(run.history) },
    notifications: { rows: () => list(run.notifications) },
  };
}

function storeOf(run: Run, name: StoreName): StoreSource {
  return { read: () => list(rowsOf(run, name)) };
}

function rowsOf(run: Run, name: StoreName): StoreRow[] {
  const { events, unpublished, unsent, acknowledged } = run.stores[name];
  return [
    ...events.map((event) => ({ type: 'event' as const, event })),
    ...events.filter(({ id }) => unpublished.has(id)).map((event) => ({ type: 'unpublished' as const, stream: event.subject, version: event.streamversion ?? 0 })),
    ...unsent.map((message) => ({ type: 'unsent' as const, message })),
    ...acknowledged.map((orderId) => ({ type: 'acknowledged' as const, orderId })),
  ];
}

function recordsOf(run: Run, topic: string): LogRecord[] {
  const name = storeNames.find((each) => topics[each] === topic) ?? 'orders';
  return run.log[name].map((envelope, offset) => ({ topic, partition: 0, offset, key: envelope.partitionkey, envelope, at: THEN }));
}

async function* list<T>(items: T[]): AsyncIterable<T> {
  yield* items;
}
