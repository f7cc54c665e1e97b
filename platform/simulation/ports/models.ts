import type { NotificationModel } from '@tradewind/notifications/model/port.ts';
import type { Generation, Projection, ReadModel } from '@tradewind/order-history/read-model/port.ts';
import { viaOf } from '../world/call.ts';
import { operations } from '../world/operation.ts';
import type { Process } from '../world/process.ts';

const history = operations('model:order-history', {
  reading: ['position', 'held', 'order', 'list', 'audit', 'counts', 'positions', 'ping'], changing: ['apply', 'beginGeneration', 'publish', 'discard'],
});
const notices = operations('model:notifications', { reading: ['list', 'ping'], changing: ['keep'] });

/** A process's way to the read model. */
export function readModelVia(process: Process, model: ReadModel): ReadModel {
  const via = viaOf(process);
  const projection = (inner: Projection): Projection => ({
    position: (topic, partition) => via(history.position, () => inner.position(topic, partition)),
    held: (strands) => via(history.held, () => inner.held(strands)),
    apply: (changes, advance) => via(history.apply, () => inner.apply(changes, advance),
      () => `${advance.topic}/${advance.partition} from ${advance.from ?? 'nothing'} to ${advance.next}: ${changes.orders.map(({ orderId }) => orderId).join(' ')}`),
  });
  const generation = (inner: Generation): Generation => ({
    ...projection(inner), publish: () => via(history.publish, () => inner.publish()), discard: () => via(history.discard, () => inner.discard()),
  });
  return {
    ...projection(model),
    order: (orderId) => via(history.order, () => model.order(orderId), () => orderId),
    list: (filter, cursor, limit) => via(history.list, () => model.list(filter, cursor, limit)),
    audit: (orderId) => via(history.audit, () => model.audit(orderId), () => orderId),
    counts: () => via(history.counts, () => model.counts()),
    positions: () => via(history.positions, () => model.positions()),
    beginGeneration: () => via(history.beginGeneration, async () => generation(await model.beginGeneration())),
    ping: () => via(history.ping, () => model.ping()),
    close: () => model.close(),
  };
}

/** A process's way to what customers were told. */
export function notificationsVia(process: Process, model: NotificationModel): NotificationModel {
  const via = viaOf(process);
  return {
    keep: (notification) => via(notices.keep, () => model.keep(notification), () => `${notification.orderId} ${notification.kind}`),
    list: (filter, cursor, limit) => via(notices.list, () => model.list(filter, cursor, limit)),
    ping: () => via(notices.ping, () => model.ping()),
    close: () => model.close(),
  };
}
