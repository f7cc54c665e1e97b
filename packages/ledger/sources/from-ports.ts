import type { Outbox } from '@tradewind/event-store/outbox.ts';
import type { EventStore } from '@tradewind/event-store/port.ts';
import type { BookEntry, OrderHistoryRow, StoreRow, StoreSource } from '../facts.ts';

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

export async function* bookEntries(book: PagedBook): AsyncIterable<BookEntry> {
  let after = '';
  for (;;) {
    const page = await book.entries(after, PAGE);
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    after = last.key;
  }
}

/** What order-history offers of its read model. */
interface PagedHistory<Cursor> { list(filter: object, cursor: Cursor | undefined, limit: number): Promise<{ orders: OrderHistoryRow[]; next?: Cursor }> }

export async function* historyRows<Cursor>(history: PagedHistory<Cursor>): AsyncIterable<OrderHistoryRow> {
  let cursor: Cursor | undefined;
  do {
    const page: { orders: OrderHistoryRow[]; next?: Cursor } = await history.list({}, cursor, PAGE);
    yield* page.orders;
    cursor = page.next;
  } while (cursor !== undefined);
}
