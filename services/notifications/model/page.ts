import type { Notification } from '../domain/notification.ts';
import type { NotificationPage } from './port.ts';

/** A page out of what was found, which is one more than `limit` where there is more. */
export function page(found: Notification[], limit: number): NotificationPage {
  const notifications = found.slice(0, limit);
  const last = notifications.at(-1);
  return { notifications, ...(last && found.length > limit && { next: { at: last.at, orderId: last.orderId, kind: last.kind } }) };
}
