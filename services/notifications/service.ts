import type { Service, World } from '@tradewind/chassis/service.ts';
import type { Consumer, Tasks } from '@tradewind/tasks/port.ts';
import { problems } from './http/problems.ts';
import { notificationRoutes } from './http/routes.ts';
import { consumeNotifications } from './messaging/notify.ts';
import { topology } from './messaging/topology.ts';
import type { NotificationModel } from './model/port.ts';

export interface NotificationsPorts { tasks: Tasks; model: NotificationModel }

export interface NotificationsSettings {
  /** Messages in hand at a time. Default 50. */
  prefetch: number;
}

/** Tells customers what became of their orders. */
export function notifications(ports: NotificationsPorts, world: World, settings: Partial<NotificationsSettings> = {}): Service {
  const { tasks, model } = ports;
  const { prefetch = 50 } = settings;
  let consumer: Consumer | undefined;
  return {
    name: 'notifications', routes: notificationRoutes(model), problems,
    async start() {
      await tasks.declare(topology);
      consumer = await consumeNotifications({ ...ports, ...world }, prefetch);
    },
    async stop() {
      await consumer?.stop();
      consumer = undefined;
    },
    unready: () => model.ping().then(() => [], () => ['store-unavailable']),
  };
}
