import { expect, test } from '@jest/globals';
import { memoryEventStore } from '@tradewind/event-store/memory/store.ts';
import type { Outbox } from '@tradewind/event-store/outbox.ts';
import type { EventStore } from '@tradewind/event-store/port.ts';
import { topics } from '@tradewind/events/topology.ts';
import { memoryLog } from '@tradewind/log/memory/log.ts';
import { memoryNotifications } from '@tradewind/notifications/model/memory/model.ts';
import { memoryReadModel } from '@tradewind/order-history/read-model/memory/read-model.ts';
import { memoryBook } from '@tradewind/payments/provider/memory/book.ts';
import { VirtualClock } from '../../../test/virtual-clock.ts';
import { check } from '../check.ts';
import { notification, smallRun, THEN, type Run } from '../contract/run.ts';
import { sourcesOf } from '../contract/run-sources.ts';
import { writeBook, writeHistory, writeLog, writeNotifications, writeStore } from '../contract/write-run.ts';
import { storeNames, type LedgerSources, type StoreName } from '../facts.ts';
import { bookOf, notificationsOf, orderHistoryOf, storeOf } from './from-ports.ts';

/** The run written to memory adapters, and read back through their ports. */
async function throughPorts(run: Run): Promise<LedgerSources> {
  const clock = new VirtualClock();
  const stores = {} as Record<StoreName, EventStore & Outbox>;
  for (const name of storeNames) {
    stores[name] = memoryEventStore({ topic: topics[name], name, clock });
    await writeStore(run, name, stores[name]);
  }
  const log = memoryLog({ clock });
  await writeLog(run, log);
  const book = memoryBook();
  const history = memoryReadModel();
  const notices = memoryNotifications();
  await Promise.all([writeBook(run, book), writeHistory(run, history), writeNotifications(run, notices)]);
  return {
    ...sourcesOf(run), log,
    stores: Object.fromEntries(storeNames.map((name) => [name, storeOf(stores[name], () => run.stores[name].acknowledged)])) as LedgerSources['stores'],
    provider: bookOf(book), orderHistory: orderHistoryOf(history), notifications: notificationsOf(notices),
  };
}

test('a run reads the same through ports as from its lists', async () => {
  const direct = await check(sourcesOf(smallRun()), { now: THEN });
  expect(direct.holds).toBe(true);
  expect(await check(await throughPorts(smallRun()), { now: THEN })).toEqual(direct);
});

test('what waits in the outboxes is in flight', async () => {
  const run = smallRun();
  const [last] = run.log.payments.splice(-1);
  run.stores.payments.unpublished.add(last!.id);
  run.notifications.shift();
  run.stores.orders.unsent.push(notification('o-sold'));
  const { holds, invariants } = await check(await throughPorts(run), { now: THEN });
  expect(holds).toBe(true);
  expect(invariants.filter((each) => each.inFlight > 0).map(({ name, inFlight }) => [name, inFlight])).toEqual(expect.arrayContaining([
    ['log-holds-every-event', 1], ['notifications-match', 2],
  ]));
});

test('what is broken in a store is seen through its ports', async () => {
  const run = smallRun();
  run.stores.payments.events.pop();
  run.book.pop();
  const { invariants } = await check(await throughPorts(run), { now: Infinity });
  expect(invariants.filter((each) => !each.holds).map((each) => [each.name, each.breaches.first[0]?.subject])).toEqual([
    ['log-holds-every-event', 'payment-o-late'], ['cancelled-orders-hold-nothing', 'o-late'], ['payments-match-orders', 'payments'], ['provider-book-agrees', 'o-late'],
  ]);
});
