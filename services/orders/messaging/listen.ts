import { decodeFact, factName } from '@tradewind/events/codec.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import { byKey } from '@tradewind/log/by-key.ts';
import type { Log, Subscription } from '@tradewind/log/port.ts';
import { hear, heard } from '../domain/hear.ts';
import type { Sagas } from '../sagas.ts';
import { SAGA_GROUP, sagaTopics } from './topology.ts';

/** Reads the log for the sagas: one order's messages one after another, `width` orders side by side. */
export function listen(log: Log, sagas: Sagas, width: number): Promise<Subscription> {
  const subscription = { group: SAGA_GROUP, topics: sagaTopics.map((each) => each.name) };
  return log.subscribe(subscription, async (batch) => {
    const concerning = batch.filter(({ envelope }) => concerns(envelope));
    await byKey(concerning, { key: ({ envelope }) => envelope.correlationid, width }, ({ envelope }) => take(envelope, sagas));
  });
}

/** Told by the type alone, so that the rest costs neither a decoding nor a transaction. */
function concerns(envelope: Envelope): boolean {
  const name = factName(envelope);
  return name !== undefined && heard.has(name);
}

async function take(envelope: Envelope, sagas: Sagas): Promise<void> {
  const told = hear(decodeFact(envelope));
  if (!told) return;
  const { id, traceparent } = envelope;
  const cause = { causationid: id, ...(traceparent !== undefined && { traceparent }) };
  await sagas.hear(told.orderId, told.input, cause, { consumer: SAGA_GROUP, messageId: id });
}
