import type { World } from '@tradewind/chassis/service.ts';
import { notificationsQueue } from '@tradewind/events/topology.ts';
import { taskHandler } from '@tradewind/tasks/handler.ts';
import type { Consumer, Tasks } from '@tradewind/tasks/port.ts';
import { Counter } from 'prom-client';
import { letter } from '../domain/templates.ts';
import type { NotificationModel } from '../model/port.ts';

/** Tells customers what they are to be told, once per order and kind however often it is asked. */
export function consumeNotifications(
  { tasks, model, clock, logger, metrics }: { tasks: Tasks; model: NotificationModel } & World, prefetch: number,
): Promise<Consumer> {
  const told = new Counter({
    name: 'tradewind_notifications_total', help: 'Notifications asked for, by kind and by whether they were news.',
    labelNames: ['kind', 'news'], registers: [metrics],
  });
  return tasks.consume(notificationsQueue, { prefetch }, taskHandler<'NotifyCustomer'>(async ({ data }) => {
    const { orderId, customerId, kind } = data;
    const first = await model.keep({ orderId, customerId, kind, ...letter(data), at: clock.now() });
    told.inc({ kind, news: first ? 'yes' : 'no' });
  }, logger));
}
