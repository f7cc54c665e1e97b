import { decodeFact, factName } from '@tradewind/events/codec.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import { CodedError } from '@tradewind/events/errors.ts';
import type { Fact } from '@tradewind/events/facts/catalogue.ts';
import { notificationsQueue, topics } from '@tradewind/events/topology.ts';
import type { LogRecord, PartitionEnds } from '@tradewind/log/port.ts';
import { storeNames, type LedgerSources, type Observation } from './facts.ts';

const PAGE = 2_000;
const DEAD_LETTERS = 10_000;

/**
 * Reads everything once, in the order in which facts travel: what was acknowledged, the orders, the
 * other stores, the log, what was made of it. Whatever moves on meanwhile is then met further down, or
 * was seen waiting; and all that belongs to an order whose saga had ended by the first read is final.
 */
export async function* gather(sources: LedgerSources): AsyncIterable<Observation> {
  for (const orderId of sources.acknowledged?.() ?? []) yield { type: 'acknowledged', orderId };
  yield* stores(sources);
  yield* log(sources);
  for await (const entry of sources.provider.entries()) yield { type: 'entry', entry };
  for (const position of await sources.orderHistory.positions()) yield { type: 'history-position', ...position };
  // After the positions, before the rows: what is parked later was not passed by then, what is redriven later is in flight.
  if (sources.parked) for await (const parked of sources.parked.orders()) yield { type: 'parked', parked };
  for await (const row of sources.orderHistory.rows()) yield { type: 'history', row };
  yield* notifications(sources);
}

async function* stores({ stores }: LedgerSources): AsyncIterable<Observation> {
  for (const store of storeNames)
    for await (const row of stores[store].read())
      if (row.type === 'event') yield { type: 'event', store, event: row.event, fact: decoded(row.event) };
      else if (row.type === 'unpublished') yield { ...row, store };
      else yield row;
}

/** Up to where the log reached when its reading began: a running platform writes on. */
async function* log({ log }: LedgerSources): AsyncIterable<Observation> {
  for (const topic of Object.values(topics))
    for (const { partition, first, next } of await log.ends(topic))
      for await (const record of records(log, topic, { partition, first, next })) yield { type: 'record', record, fact: decoded(record.envelope) };
}

async function* records(log: LedgerSources['log'], topic: string, { partition, first, next }: PartitionEnds): AsyncIterable<LogRecord> {
  for (let from = first; from < next;) {
    const page = await log.read(topic, partition, from, Math.min(PAGE, next - from));
    yield* page;
    from = (page.at(-1)?.offset ?? next) + 1;
  }
}

async function* notifications({ tasks, notifications }: LedgerSources): AsyncIterable<Observation> {
  const queue = (await tasks.depths()).find((each) => each.queue === notificationsQueue);
  yield { type: 'notifications-waiting', messages: queue ? queue.ready + queue.unsettled + queue.retrying : 0 };
  if (queue && queue.dead > 0)
    for (const { envelope } of await tasks.deadLetters(notificationsQueue, DEAD_LETTERS)) yield { type: 'notification-dead', message: envelope };
  for await (const row of notifications.rows()) yield { type: 'notification', row };
}

function decoded(envelope: Envelope): Fact | undefined {
  if (!factName(envelope)) return undefined;
  try {
    return decodeFact(envelope);
  } catch (error) {
    if (error instanceof CodedError) return undefined;
    throw error;
  }
}
