import type { Notification, NotificationKind } from '../domain/notification.ts';

/** What customers were told. */
export interface NotificationModel {
  /**
   * Keeps a notification, unless the order has one of its kind: the first stays.
   * @returns whether it was the first.
   * @throws CodedError `store-unavailable` (canRetry; outcome unknown, keep it again)
   */
  keep(notification: Notification): Promise<boolean>;

  /** Newest first by (at, orderId, kind), after `cursor`; of one customer or of all. */
  list(filter: { customerId?: string }, cursor: Cursor | undefined, limit: number): Promise<NotificationPage>;

  /** Rejects with `store-unavailable` when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The last notification of a page. */
export interface Cursor { at: number; orderId: string; kind: NotificationKind }

/** `next` is missing on the last page. */
export interface NotificationPage { notifications: Notification[]; next?: Cursor }
