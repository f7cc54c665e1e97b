import type { Notification } from '../../domain/notification.ts';
import { page } from '../page.ts';
import type { Cursor, NotificationModel } from '../port.ts';

/** What a crash leaves: notifications by order and kind. */
export class DurableNotifications { readonly kept = new Map<string, Notification>(); }

/** @param durable shared by the incarnations and replicas of one service. */
export function memoryNotifications({ kept } = new DurableNotifications()): NotificationModel {
  return {
    async keep(notification) {
      const key = `${notification.orderId} ${notification.kind}`;
      if (kept.has(key)) return false;
      kept.set(key, notification);
      return true;
    },
    async list({ customerId }, cursor, limit) {
      const found = [...kept.values()]
        .filter((each) => (customerId === undefined || each.customerId === customerId) && (!cursor || newestFirst(cursor, each) < 0))
        .sort(newestFirst);
      return page(found.slice(0, limit + 1), limit);
    },
    ping: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function newestFirst(a: Cursor, b: Cursor): number {
  return b.at - a.at || compare(b.orderId, a.orderId) || compare(b.kind, a.kind);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
