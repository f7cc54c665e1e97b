import { exchanges, notificationsQueue } from '@tradewind/events/topology.ts';
import type { Topology } from '@tradewind/tasks/port.ts';

export const topology: Topology = {
  exchanges: [{ name: exchanges.notifications, kind: 'topic' }],
  queues: [{ name: notificationsQueue }],
  bindings: ['order.confirmed.*', 'order.cancelled.*'].map((pattern) => ({ exchange: exchanges.notifications, queue: notificationsQueue, pattern })),
};
