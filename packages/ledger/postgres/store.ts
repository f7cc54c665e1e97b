import type { Envelope } from '@tradewind/events/envelope.ts';
import type { StoreRow, StoreSource } from '../facts.ts';
import { snapshot, type Snapshot } from './snapshot.ts';

const ACKNOWLEDGED = `select body->>'orderId' as "orderId" from answers where status = 202 and body->>'orderId' is not null`;
const EVENTS = `
  select e.stream, e.version, e.envelope, o.id is not null as waiting
  from events e left join outbox_log o on o.id = e.position order by e.position`;
const UNSENT = 'select envelope from outbox_tasks order by id';

interface EventRow { stream: string; version: number; envelope: Envelope; waiting: boolean }

/** The store of one service, read in one transaction beside its service: no lock is taken. */
export function postgresStore(url: string): StoreSource {
  return { read: () => snapshot(url, read) };
}

async function* read(from: Snapshot): AsyncIterable<StoreRow> {
  for await (const { orderId } of from.rows<{ orderId: string }>(ACKNOWLEDGED)) yield { type: 'acknowledged', orderId };
  for await (const { stream, version, envelope, waiting } of from.rows<EventRow>(EVENTS)) {
    yield { type: 'event', event: { ...envelope, subject: stream, streamversion: version } };
    if (waiting) yield { type: 'unpublished', stream, version };
  }
  for await (const { envelope } of from.rows<{ envelope: Envelope }>(UNSENT)) yield { type: 'unsent', message: envelope };
}
