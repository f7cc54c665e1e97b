import type { Changes, Held } from '../domain/changes.ts';
import type { OrderStatus, SagaState } from '../domain/order-view.ts';
import type { Strand } from '../domain/strand.ts';

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

/** Orders by status, sagas by state. */
export interface Counts { orders: Record<OrderStatus, number>; sagas: Record<SagaState, number> }
