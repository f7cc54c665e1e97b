import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { Running } from '@tradewind/chassis/service.ts';
import { decodeFact, factName, validateFact } from '@tradewind/events/codec.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import { CodedError } from '@tradewind/events/errors.ts';
import type { Parking } from '@tradewind/log/parking/parking.ts';
import { startRedriving } from '@tradewind/log/parking/redriving.ts';
import type { Log, LogRecord } from '@tradewind/log/port.ts';
import { hear, heard } from '../domain/hear.ts';
import type { Sagas } from '../sagas.ts';
import { SAGA_GROUP, sagaTopics } from './topology.ts';

interface Parts { log: Log; parking: Parking; sagas: Pick<Sagas, 'hear'>; width: number; clock: Clock; random: Random; logger: Logger }

/** What a record belongs to here: an order. */
export const orderOf = ({ key, envelope }: LogRecord): string => envelope.correlationid ?? key;

/**
 * Reads the log for the sagas: one order's messages one after another, `width` orders side by side. A message that
 * cannot be handled is parked, and its order with it.
 */
export async function listen({ log, parking, sagas, width, clock, random, logger }: Parts): Promise<Running[]> {
  const handle = ({ envelope }: LogRecord) => take(envelope, sagas);
  const subscription = { group: SAGA_GROUP, topics: sagaTopics.map((each) => each.name) };
  const reading = await log.subscribe(subscription, (batch) => parking.records(batch, { width, cares: concerns }, handle));
  return [reading, startRedriving({ parking, clock, random, logger, handle })];
}

/** Told by the type alone, of whatever version, so that the rest costs neither a decoding nor a transaction. */
function concerns({ envelope }: LogRecord): boolean {
  const name = factName(envelope);
  return name !== undefined && heard.has(name);
}

async function take(envelope: Envelope, sagas: Parts['sagas']): Promise<void> {
  const told = meaning(envelope);
  if (!told) return;
  const { id, traceparent } = envelope;
  const cause = { causationid: id, ...(traceparent !== undefined && { traceparent }) };
  await sagas.hear(told.orderId, told.input, cause, { consumer: SAGA_GROUP, messageId: id });
}

/** Facts are trusted, until one shows that it did not come from a store. @throws CodedError `message-invalid`, and as `decodeFact` */
function meaning(envelope: Envelope): ReturnType<typeof hear> {
  try {
    const told = hear(decodeFact(envelope));
    if (told && told.orderId !== envelope.correlationid) validateFact(envelope);
    return told;
  } catch (error) {
    if (!(error instanceof CodedError)) validateFact(envelope);
    throw error;
  }
}
