import type { AuditChunk, Changes, Held } from '../domain/changes.ts';
import type { OrderStatus, OrderView, SagaState } from '../domain/order-view.ts';
import type { Strand } from '../domain/strand.ts';
import type { Generations } from './generations.ts';

/** What folding needs of a read model: what it holds, and a way to take it further. */
export interface Projection {
  /** Next offset to fold of a partition; undefined before its first batch. */
  position(topic: string, partition: number): Promise<number | undefined>;

  /** What is held of these strands. One round trip. */
  held(strands: Strand[]): Promise<Held>;

  /**
   * Takes in what a batch of one partition made, and the partition's new position: all or none, in one
   * round trip. The position is compared and set, so a consumer that was overtaken changes nothing, and
   * what `held` said stays true until then: a strand belongs to one partition.
   * @throws CodedError `position-moved` (canRetry: fold again from where it stands) · `store-unavailable` (canRetry)
   */
  apply(changes: Changes, advance: Advance): Promise<void>;
}

/** From the position the batch was folded on to the one after it. */
export interface Advance { topic: string; partition: number; from: number | undefined; next: number }

/** Next offset to fold of a partition. */
export interface Position { topic: string; partition: number; next: number }

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

export interface Counts { orders: Record<OrderStatus, number>; sagas: Record<SagaState, number> }
