import type { Outbox } from '@tradewind/event-store/outbox.ts';
import type { EventStore } from '@tradewind/event-store/port.ts';
import type { Draft, Envelope } from '@tradewind/events/envelope.ts';
import { PARTITIONS, topics } from '@tradewind/events/topology.ts';
import type { Log } from '@tradewind/log/port.ts';
import type { NotificationModel } from '@tradewind/notifications/model/port.ts';
import type { ReadModel } from '@tradewind/order-history/read-model/port.ts';
import type { Book } from '@tradewind/payments/provider/book.ts';
import { storeNames, type StoreName } from '../facts.ts';
import { THEN, type Run } from './run.ts';

/** Appends a run's events to a store and keeps its answers; nothing is left in the outbox but what the run leaves there. */
export async function writeStore(run: Run, name: StoreName, store: EventStore & Outbox): Promise<void> {
  const { events, acknowledged, unsent, unpublished } = run.stores[name];
  for (const event of events) {
    const { subject: stream, streamversion: version = 0, ...draft } = event;
    await store.append([{ stream, expected: version - 1, events: [draft as Draft] }]);
  }
  for (const orderId of acknowledged)
    await store.append([], { answer: { scope: 'customer:c-1 placeOrder', key: orderId, fingerprint: 'f', status: 202, headers: {}, body: { orderId }, at: THEN } });
  if (unsent.length > 0) await store.append([], { tasks: unsent.map((envelope) => ({ exchange: 'e', routingKey: 'k', envelope })) });
  const epoch = await store.lead('log', 'test', 60_000) ?? 0;
  for (const row of await store.scan('log', 0, 100_000)) if (!unpublished.has(row.envelope.id)) await store.remove('log', epoch, [row.id]);
}

/** Publishes what the run's log holds. */
export async function writeLog(run: Run, log: Log): Promise<void> {
  await log.ensureTopics(Object.values(topics).map((name) => ({ name, partitions: PARTITIONS })));
  for (const name of storeNames) await log.publish(topics[name], run.log[name].map((envelope: Envelope) => ({ key: envelope.partitionkey, envelope })));
}

export async function writeBook(run: Run, book: Book): Promise<void> {
  for (const { orderId, amount, refunds, at } of run.book) {
    await book.enter({ key: `payment-${orderId}`, orderId, amount, paymentMethod: 'card', status: 'taken', reference: 'ref', at });
    if (refunds > 0) await book.refund(`payment-${orderId}`, at);
  }
}

/** The read model, with its positions beyond the log. */
export async function writeHistory(run: Run, model: ReadModel): Promise<void> {
  const orders = run.history.map(({ orderId, status, version, total, placedAt }) => ({
    orderId, updatedAt: placedAt, order: { version, status, placed: { customerId: 'c-1', lines: [], total, at: placedAt } },
  }));
  for (let partition = 0; partition < PARTITIONS; partition += 1)
    await model.apply({ orders: partition === 0 ? orders : [], audit: [], tally: {}, duplicates: 0 }, { topic: topics.orders, partition, from: undefined, next: 1_000 });
}

export async function writeNotifications(run: Run, model: NotificationModel): Promise<void> {
  for (const notification of run.notifications) await model.keep({ ...notification, customerId: 'c-1', subject: 's', text: 't' });
}
