import type { Money } from '@tradewind/events/money.ts';

/** The simulated provider's own durable record of what it did, by idempotency key. The ledger reads it. */
export interface Book {
  /** Enters the outcome of a charge unless the key has an entry. @returns the entry that stands. */
  enter(entry: NewEntry): Promise<Entry>;

  /** Gives back what was taken, or closes a key that has no entry; anything else stays as it is. @returns the entry that stands. */
  refund(key: string, at: number): Promise<Entry>;

  find(key: string): Promise<Entry | undefined>;

  /** Lets a refund of this key go through that was refused before. */
  mend(key: string): Promise<void>;

  /** Entries by key, after `after`. */
  entries(after: string, limit: number): Promise<Entry[]>;

  close(): Promise<void>;
}

export interface NewEntry {
  key: string;
  orderId: string;
  amount: Money;
  paymentMethod: string;
  status: 'taken' | 'declined';
  reference: string;
  /** Epoch milliseconds. */
  at: number;
}

/** An entry that was closed before any charge has no order, method or reference, and an amount of 0 XXX. */
export interface Entry extends Omit<NewEntry, 'status'> {
  status: 'taken' | 'declined' | 'refunded' | 'closed';
  /** How often money was taken, and given back. */
  charges: number;
  refunds: number;
  /** A refund that is refused elsewhere goes through. */
  mended: boolean;
}
