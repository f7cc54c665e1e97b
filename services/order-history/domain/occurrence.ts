import { decodeFact, factName, validateFact } from '@tradewind/events/codec.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import type { Fact } from '@tradewind/events/facts/catalogue.ts';
import { strandKey, strandOf, type Strand, type StrandKind } from './strand.ts';

/** An event that concerns an order, at its current version, with its place. */
export interface Occurrence extends Strand {
  key: string;
  version: number;
  fact: Fact;
  envelope: Envelope;
}

/**
 * The events that concern an order, in the order given; all others are left out without being decoded,
 * also those of types that this program does not know.
 * @throws CodedError `message-from-the-future`: skipping such an event would lose it for good · `message-invalid`
 */
export function occurrences(envelopes: Iterable<Envelope>): Occurrence[] {
  const found: Occurrence[] = [];
  for (const envelope of envelopes) {
    const kind = kindOf(envelope);
    if (kind !== undefined) found.push(occurrence(kind, envelope));
  }
  return found;
}

/** The strands that events belong to, each once. */
export function strandsOf(events: Iterable<Occurrence>): Strand[] {
  const strands = new Map<string, Strand>();
  for (const { key, kind, orderId } of events) if (!strands.has(key)) strands.set(key, { kind, orderId });
  return [...strands.values()];
}

function kindOf(envelope: Envelope): StrandKind | undefined {
  const name = factName(envelope);
  const kind = name && strandOf[name];
  return kind === 'none' ? undefined : kind;
}

function occurrence(kind: StrandKind, envelope: Envelope): Occurrence {
  const fact: Fact = decodeFact(envelope);
  const { orderId } = fact.data as { orderId: string };
  if (!looksRight(fact)) validateFact(envelope);
  return { kind, orderId, key: strandKey({ kind, orderId }), version: envelope.streamversion ?? 0, fact, envelope };
}

/** Events are trusted; what would spoil a view is looked at all the same, which costs next to nothing. */
function looksRight({ type, data }: Fact): boolean {
  if (typeof (data as { orderId: unknown }).orderId !== 'string') return false;
  return type !== 'OrderPlaced' || (Array.isArray(data.lines) && typeof data.total === 'object' && typeof data.customerId === 'string');
}
