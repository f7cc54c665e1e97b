import type { Envelope } from '@tradewind/events/envelope.ts';
import type { Fact } from '@tradewind/events/facts/catalogue.ts';
import type { Money } from '@tradewind/events/money.ts';
import type { Log, LogRecord } from '@tradewind/log/port.ts';
import type { Tasks } from '@tradewind/tasks/port.ts';

export const storeNames = ['orders', 'customers', 'inventory', 'payments'] as const;
export type StoreName = (typeof storeNames)[number];

/** Everything the ledger is computed from. Nothing here is a service's own word. */
export interface LedgerSources {
  stores: Record<StoreName, StoreSource>;
  log: Pick<Log, 'read' | 'ends'>;
  tasks: Pick<Tasks, 'depths' | 'deadLetters'>;
  provider: BookSource;
  orderHistory: OrderHistorySource;
  notifications: NotificationsSource;
  /** What consumer groups have parked: nothing where it is absent. */
  parked?: ParkedSource;
  /** Orders that a client was told were accepted, known from outside; asked for before anything is read. */
  acknowledged?: () => Iterable<string>;
}

/** One service's store. */
export interface StoreSource {
  /** What it holds, all as of one instant; events in an order that keeps each stream's. */
  read(): AsyncIterable<StoreRow>;
}

export type StoreRow =
  | { type: 'event'; event: Envelope }
  /** An event that waits in the outbox: the log need not have it yet. */
  | { type: 'unpublished'; stream: string; version: number }
  /** A command or notification that waits in the outbox. */
  | { type: 'unsent'; message: Envelope }
  /** A 202 that was kept under an idempotency key. */
  | { type: 'acknowledged'; orderId: string };

/** The payment provider's own durable book. */
export interface BookSource { entries(): AsyncIterable<BookEntry> }
/** What happened under one idempotency key; an entry of no charge moved no money. */
export interface BookEntry {
  orderId: string;
  amount: Money;
  /** How often the amount was taken, and given back. */
  charges: number;
  refunds: number;
  /** Epoch milliseconds. */
  at: number;
}

export interface OrderHistorySource {
  /** Next offset the read model will fold, by partition of `tradewind.orders`. */
  positions(): Promise<{ partition: number; next: number }[]>;
  rows(): AsyncIterable<OrderHistoryRow>;
}
export interface OrderHistoryRow {
  orderId: string;
  status: 'placed' | 'confirmed' | 'cancelled';
  version: number;
  total: Money;
  /** Epoch milliseconds. */
  placedAt: number;
}

export interface NotificationsSource { rows(): AsyncIterable<NotificationRow> }
export interface NotificationRow {
  orderId: string;
  kind: 'order-confirmed' | 'order-cancelled';
  /** Epoch milliseconds. */
  at: number;
}

/** Parking lots of consumer groups, whose keys are orders. */
export interface ParkedSource { orders(): AsyncIterable<ParkedOrder> }
export interface ParkedOrder { group: string; orderId: string; records: number }

/** One thing seen while reading. Their order is that of `gather`. */
export type Observation =
  | { type: 'acknowledged'; orderId: string }
  /** `fact` is absent where no schema knows the event. */
  | { type: 'event'; store: StoreName; event: Envelope; fact?: Fact }
  | { type: 'unpublished'; store: StoreName; stream: string; version: number }
  | { type: 'unsent'; message: Envelope }
  | { type: 'record'; record: LogRecord; fact?: Fact }
  | { type: 'entry'; entry: BookEntry }
  | { type: 'history-position'; partition: number; next: number }
  | { type: 'parked'; parked: ParkedOrder }
  | { type: 'history'; row: OrderHistoryRow }
  | { type: 'notifications-waiting'; messages: number }
  | { type: 'notification-dead'; message: Envelope }
  | { type: 'notification'; row: NotificationRow };

export type Seen<Type extends Observation['type']> = Extract<Observation, { type: Type }>;
