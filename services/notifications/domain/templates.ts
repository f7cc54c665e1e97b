import { formatMoney } from '@tradewind/events/format-money.ts';
import type { NotificationKind, NotifyCustomer } from './notification.ts';

export interface Letter { subject: string; text: string }

const BECAUSE: Record<string, string> = {
  'requested-by-customer': ', as you asked',
  'credit-rejected': ': your credit does not cover it',
  'stock-rejected': ': some of it is out of stock',
  'payment-declined': ': your payment was declined',
  'step-timed-out': ': we could not complete it in time',
};

const templates: Record<NotificationKind, (about: NotifyCustomer) => Letter> = {
  'order-confirmed': ({ orderId, total }) => ({
    subject: `Your order ${orderId} is confirmed`,
    text: `Thank you. Your order ${orderId}${total ? ` over ${formatMoney(total)}` : ''} is paid and confirmed.`,
  }),
  'order-cancelled': ({ orderId, reason = '' }) => ({
    subject: `Your order ${orderId} was cancelled`,
    text: `Your order ${orderId} was cancelled${Object.hasOwn(BECAUSE, reason) ? BECAUSE[reason] : ''}. `
      + 'Whatever was reserved or paid for it is given back.',
  }),
};

/** What the customer reads. */
export function letter(about: NotifyCustomer): Letter {
  return templates[about.kind](about);
}
