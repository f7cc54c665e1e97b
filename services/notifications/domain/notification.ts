import type { CommandOf } from '@tradewind/events/commands/catalogue.ts';

export type NotifyCustomer = CommandOf<'NotifyCustomer'>['data'];
export type NotificationKind = NotifyCustomer['kind'];

/** What a customer was told: once per order and kind. */
export interface Notification {
  orderId: string;
  customerId: string;
  kind: NotificationKind;
  subject: string;
  text: string;
  /** Epoch milliseconds. */
  at: number;
}
