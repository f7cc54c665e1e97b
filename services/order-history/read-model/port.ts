import type { AuditChunk } from '../domain/changes.ts';
import type { OrderStatus, OrderView } from '../domain/order-view.ts';
import type { Generations } from './generations.ts';
import type { Counts, Position, Projection } from './projection.ts';

/** Orders as their readers see them, folded from the log. Reads see whole batches, of one generation. */
export interface ReadModel extends Projection {
  order(orderId: string): Promise<OrderView | undefined>;

  /** Newest first by (placedAt, orderId), after `cursor`. Orders that come in meanwhile move no page. */
  list(filter: OrderFilter, cursor: Cursor | undefined, limit: number): Promise<OrderPage>;

  /** The order's audit trail, unordered. */
  audit(orderId: string): Promise<AuditChunk[]>;

  counts(): Promise<Counts>;

  /** Next offset of each partition folded so far, by topic and partition. */
  positions(): Promise<Position[]>;

  /** Those beside the live one, and their building. */
  readonly generations: Generations;

  /** Rejects with `store-unavailable` when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface OrderFilter {
  customerId?: string;
  status?: OrderStatus;
  /** Epoch milliseconds, both exclusive. */
  placedAfter?: number;
  placedBefore?: number;
}

/** The last order of a page. */
export interface Cursor { placedAt: number; orderId: string }

/** `next` is missing on the last page. */
export interface OrderPage { orders: OrderView[]; next?: Cursor }
