import type { LedgerSources, Observation } from './facts.ts';
import { gather } from './gather.ts';
import { Holdings } from './holdings.ts';
import type { Handlers, Invariant } from './invariant.ts';
import { acknowledged } from './invariants/acknowledged.ts';
import { Book } from './invariants/book.ts';
import { cancelled } from './invariants/cancelled.ts';
import { confirmed } from './invariants/confirmed.ts';
import { Credit } from './invariants/credit.ts';
import { gapFree } from './invariants/gap-free.ts';
import { InTheLog } from './invariants/in-the-log.ts';
import { KnownOrders } from './invariants/known-orders.ts';
import { Notifications } from './invariants/notifications.ts';
import { OrderHistory } from './invariants/order-history.ts';
import { payments } from './invariants/payments.ts';
import { Reservations } from './invariants/reservations.ts';
import { sagas } from './invariants/sagas.ts';
import { Stock } from './invariants/stock.ts';
import { Orders } from './orders.ts';
import { countOutcomes } from './outcomes.ts';
import { Parked } from './parked.ts';
import { Read } from './read.ts';
import { Streams } from './streams.ts';
import type { InvariantVerdict, Verdict } from './verdict.ts';

/**
 * Reads the whole platform once and judges it. Memory grows with the number of streams, about 1 KB an order.
 * @param options.now epoch milliseconds at which the reading begins; Infinity where nothing runs any more.
 * @throws what a source throws when it does not answer.
 */
export async function check(sources: LedgerSources, options: { now: number }): Promise<Verdict> {
  const orders = new Orders();
  const streams = new Streams();
  const holdings = new Holdings(orders);
  const parked = new Parked();
  const read = new Read(options.now);
  const log = new InTheLog(streams, read);
  const invariants: Invariant[] = [
    gapFree(streams), log, acknowledged(orders), new KnownOrders(orders, read), new Credit(), new Stock(), new Reservations(orders),
    sagas(orders), confirmed(orders, holdings), cancelled(orders, holdings), payments(orders, holdings), new Book(orders, holdings),
    new OrderHistory(orders), new Notifications(orders),
  ];
  const observe = dispatcher([orders.on, streams.on, holdings.on, parked.on, ...invariants.map((each) => each.on)]);
  for await (const seen of gather(sources)) observe(seen);
  const verdicts = invariants.map(judged);
  return {
    holds: verdicts.every((each) => each.holds),
    inFlight: Math.max(...verdicts.map((each) => each.inFlight)),
    invariants: verdicts,
    orders: countOutcomes(orders),
    parkedRecords: parked.groups,
    duplicatesDelivered: log.duplicates,
  };
}

/** Each observation goes to those that listen for its kind, folds before invariants. */
function dispatcher(listeners: Handlers[]): (seen: Observation) => void {
  const byType = new Map<string, ((seen: never) => void)[]>();
  for (const handlers of listeners)
    for (const [type, handle] of Object.entries(handlers)) byType.set(type, [...byType.get(type) ?? [], handle]);
  return (seen) => {
    for (const handle of byType.get(seen.type) ?? []) handle(seen as never);
  };
}

function judged(invariant: Invariant): InvariantVerdict {
  const { name, says, kind } = invariant;
  const { breaches, judged, of, inFlight } = invariant.findings();
  return { name, says, kind, holds: breaches.count === 0, judged, of, inFlight, breaches: { count: breaches.count, first: breaches.first } };
}
