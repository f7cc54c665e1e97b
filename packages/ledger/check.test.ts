import { expect, test } from '@jest/globals';
import { check } from './check.ts';
import { notification, smallRun, THEN, type Run } from './contract/run.ts';
import { sourcesOf } from './contract/run-sources.ts';
import { exitCode } from './verdict.ts';

const NOW = THEN + 3_600_000;
const judge = (run: Run, acknowledged: string[] = []) => check({ ...sourcesOf(run), acknowledged: () => acknowledged }, { now: NOW });
const verdictOn = async (run: Run, name: string) => (await judge(run)).invariants.find((each) => each.name === name);

test('a whole run holds; the order whose saga has not ended is in flight', async () => {
  const verdict = await judge(smallRun());
  expect(verdict.invariants.filter((each) => !each.holds)).toEqual([]);
  expect(verdict).toMatchObject({
    holds: true, inFlight: 1, duplicatesDelivered: 0,
    orders: { placed: 4, confirmed: 1, cancelled: 2, inFlight: 1, parked: 0, cancelledBecause: { 'stock-rejected': 1, 'step-timed-out': 1 } },
  });
  expect(exitCode(verdict)).toBe(3);
});

test('every invariant has judged something: none holds for want of looking', async () => {
  const { invariants } = await judge(smallRun());
  expect(invariants.filter((each) => each.judged === 0)).toEqual([]);
});

test('nothing is in flight once every saga has ended', async () => {
  const run = smallRun();
  forget(run, 'o-flying');
  const verdict = await judge(run);
  expect(verdict).toMatchObject({ holds: true, inFlight: 0, orders: { placed: 3 } });
  expect(exitCode(verdict)).toBe(0);
});

test('an event that waits in the outbox is in flight, not lost', async () => {
  const run = smallRun();
  const [last] = run.log.payments.splice(-1);
  run.stores.payments.unpublished.add(last!.id);
  expect(await verdictOn(run, 'log-holds-every-event')).toMatchObject({ holds: true, inFlight: 1 });
});

test('a record that the log has twice is counted, and nothing else', async () => {
  const run = smallRun();
  run.log.orders.push(run.log.orders[0]!, run.log.orders[3]!);
  expect(await judge(run)).toMatchObject({ holds: true, duplicatesDelivered: 2 });
});

test('what is placed and logged while the ledger reads breaks nothing', async () => {
  const run = smallRun();
  const { events } = run.stores.orders;
  run.stores.orders.events = events.filter((event) => event.correlationid !== 'o-flying');
  run.stores.orders.acknowledged.pop();
  const verdict = await check(sourcesOf(run), { now: THEN });
  expect(verdict.invariants.filter((each) => !each.holds)).toEqual([]);
});

test('a read model that is behind is in flight, whatever its rows say', async () => {
  const run = smallRun();
  run.folded = 0;
  run.history.splice(0);
  expect(await verdictOn(run, 'order-history-equals-log')).toMatchObject({ holds: true, judged: 0, inFlight: 4 });
});

test.each([
  ['waits in the outbox', (run: Run) => run.stores.orders.unsent.push(notification('o-sold'))],
  ['may wait in the queue', (run: Run) => void (run.waiting = 1)],
  ['is a dead letter', (run: Run) => run.dead.push(notification('o-sold'))],
])('a notification that %s is in flight', async (_, wait) => {
  const run = smallRun();
  run.notifications = run.notifications.filter((each) => each.orderId !== 'o-sold');
  wait(run);
  expect(await verdictOn(run, 'notifications-match')).toMatchObject({ holds: true, inFlight: 2 });
});

test('an order that a client knows of but no store is missing', async () => {
  const verdict = await judge(smallRun(), ['o-sold', 'o-lost']);
  expect(verdict.invariants.filter((each) => !each.holds)).toMatchObject([
    { name: 'acknowledged-orders-exist', breaches: { count: 1, first: [{ subject: 'o-lost' }] } },
  ]);
  expect(exitCode(verdict)).toBe(1);
});

test('breaches are all counted, and the first ten named', async () => {
  const lost = Array.from({ length: 25 }, (_, index) => `lost-${index}`);
  const verdict = await judge(smallRun(), lost);
  const { breaches } = verdict.invariants.find((each) => !each.holds)!;
  expect(breaches.count).toBe(25);
  expect(breaches.first.map((each) => each.subject)).toEqual(lost.slice(0, 10));
});

function forget(run: Run, orderId: string): void {
  for (const name of ['orders', 'customers'] as const) {
    run.stores[name].events = run.stores[name].events.filter((event) => event.correlationid !== orderId);
    run.log[name] = run.log[name].filter((event) => event.correlationid !== orderId);
    run.stores[name].acknowledged = run.stores[name].acknowledged.filter((each) => each !== orderId);
  }
  run.history = run.history.filter((each) => each.orderId !== orderId);
}
