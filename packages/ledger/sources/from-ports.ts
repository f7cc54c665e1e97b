import type { Outbox } from '@tradewind/event-store/outbox.ts';
import type { EventStore } from '@tradewind/event-store/port.ts';
import { topics } from '@tradewind/events/topology.ts';
import type { ParkingLot } from '@tradewind/log/parking/port.ts';
import type {
  BookEntry, BookSource, NotificationRow, NotificationsSource, OrderHistoryRow, OrderHistorySource, ParkedOrder, ParkedSource, StoreRow, StoreSource,
} from '../facts.ts';

const PAGE = 1_000;

/**
 * A store read through its ports, as of the instant of its last page.
 * @param acknowledged the orders it keeps a 202 for: no port lists answers.
 */
export function storeOf(store: EventStore & Outbox, acknowledged: () => Iterable<string> = () => []): StoreSource {
  return {
    async* read(): AsyncIterable<StoreRow> {
      for (const orderId of acknowledged()) yield { type: 'acknowledged', orderId };
      yield* events(store);
      for await (const { envelope } of outbox(store, 'log'))
        yield { type: 'unpublished', stream: envelope.subject, version: envelope.streamversion ?? 0 };
      for await (const { envelope } of outbox(store, 'tasks')) yield { type: 'unsent', message: envelope };
    },
  };
}

async function* events(store: EventStore): AsyncIterable<StoreRow> {
  let after = 0;
  for (;;) {
    const page = await store.readAll(after, PAGE);
    for (const { event } of page) yield { type: 'event', event };
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = last.position;
  }
}

async function* outbox(store: Outbox, lane: 'log' | 'tasks') {
  let floor = 0;
  for (;;) {
    const page = await store.scan(lane, floor, PAGE);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    floor = last.id;
  }
}

/** What the payments' simulated provider offers of its book. */
interface PagedBook { entries(after: string, limit: number): Promise<(BookEntry & { key: string })[]> }

export function bookOf(book: PagedBook): BookSource {
  return {
    async* entries(): AsyncIterable<BookEntry> {
      let page = await book.entries('', PAGE);
      for (let last = page.at(-1); last; last = page.at(-1)) {
        yield* page;
        page = await book.entries(last.key, PAGE);
      }
    },
  };
}

/** What order-history offers of its read model. */
interface PagedOrders<Cursor> {
  positions(): Promise<{ topic: string; partition: number; next: number }[]>;
  list(filter: object, cursor: Cursor | undefined, limit: number): Promise<{ orders: OrderHistoryRow[]; next?: Cursor }>;
}

export function orderHistoryOf<Cursor>(model: PagedOrders<Cursor>): OrderHistorySource {
  return {
    positions: async () => (await model.positions()).filter(({ topic }) => topic === topics.orders),
    rows: () => pages<Cursor, OrderHistoryRow>(async (cursor) => {
      const { orders: rows, next } = await model.list({}, cursor, PAGE);
      return { rows, next };
    }),
  };
}

/** @param lots by consumer group. */
export function parkedOf(lots: Record<string, Pick<ParkingLot, 'aside'>>): ParkedSource {
  return {
    async* orders(): AsyncIterable<ParkedOrder> {
      for (const [group, lot] of Object.entries(lots)) {
        const records = new Map<string, number>();
        for (const { key, state } of await lot.aside(group)) if (state === 'parked') records.set(key, (records.get(key) ?? 0) + 1);
        for (const [orderId, count] of records) yield { group, orderId, records: count };
      }
    },
  };
}

/** What notifications offers of what it keeps. */
interface PagedNotifications<Cursor> {
  list(filter: object, cursor: Cursor | undefined, limit: number): Promise<{ notifications: NotificationRow[]; next?: Cursor }>;
}

export function notificationsOf<Cursor>(model: PagedNotifications<Cursor>): NotificationsSource {
  return {
    rows: () => pages<Cursor, NotificationRow>(async (cursor) => {
      const { notifications: rows, next } = await model.list({}, cursor, PAGE);
      return { rows, next };
    }),
  };
}

async function* pages<Cursor, Row>(page: (cursor: Cursor | undefined) => Promise<{ rows: Row[]; next?: Cursor }>): AsyncIterable<Row> {
  let cursor: Cursor | undefined;
  do {
    const { rows, next } = await page(cursor);
    yield* rows;
    cursor = next;
  } while (cursor !== undefined);
}
