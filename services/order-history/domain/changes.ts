import type { Money } from '@tradewind/events/money.ts';
import type { CancelReason, OrderLine, OrderStatus, SagaState } from './order-view.ts';
import type { StrandKind } from './strand.ts';

/** What a read model already has of a strand. `status` is known of an order's strand, `saga` of a saga's. */
export interface HeldStrand { version: number; status?: OrderStatus; saga?: SagaState }

/** By strand key; a strand of which nothing is held is missing. */
export type Held = ReadonlyMap<string, HeldStrand>;

/** What a batch of events makes of the read model, given what it held. */
export interface Changes {
  /** One an order. */
  orders: OrderChange[];
  /** One a strand. */
  audit: AuditChunk[];
  /** By how much the number of orders in each status, and of sagas in each state, changes. */
  tally: Tally;
  /** Events left out because their place in their stream was held already. */
  duplicates: number;
}

export type Tally = { [Name in `order:${OrderStatus}` | `saga:${SagaState}`]?: number };

/** A field that is missing stays as it is. */
export interface OrderChange {
  orderId: string;
  order?: OrderPart;
  saga?: { version: number; state: SagaState };
  /** Epoch milliseconds; never takes the held one back. */
  updatedAt: number;
}

export interface OrderPart {
  version: number;
  status: OrderStatus;
  placed?: { customerId: string; lines: OrderLine[]; total: Money; at: number };
  settled?: { at: number; reason?: CancelReason; detail?: string };
}

/** Consecutive news of one strand; `first` and `last` are versions of its stream. */
export interface AuditChunk {
  kind: StrandKind;
  orderId: string;
  first: number;
  last: number;
  entries: AuditEntry[];
}

export interface AuditEntry {
  version: number;
  /** Epoch milliseconds. */
  at: number;
  /** Wire type. */
  type: string;
  id: string;
  causation: string;
  actor: string;
  summary: string;
}
