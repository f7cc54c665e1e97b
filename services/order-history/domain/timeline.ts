import { factName } from '@tradewind/events/codec.ts';
import type { AuditChunk, AuditEntry } from './changes.ts';
import { strandKinds, streamOf, type StrandKind } from './strand.ts';

/** One event of an order's audit trail. */
export interface AuditEvent {
  /** RFC 3339, UTC. */
  time: string;
  /** Name of the event, as `OrderPlaced`. */
  event: string;
  /** Wire type, as `tradewind.order.placed.v2`. */
  type: string;
  summary: string;
  stream: string;
  version: number;
  id: string;
  /** Id of the message or request that led to it. */
  causation: string;
  /** `customer:ID`, `operator:NAME` or `service:NAME`. */
  actor: string;
}

interface Thread { kind: StrandKind; entries: AuditEntry[] }

/**
 * The audit trail of an order: by time, except that no event stands before one of its own stream with a
 * lower version, nor before the event that caused it. Clocks of several services differ; causes do not.
 */
export function timeline(chunks: AuditChunk[], order: { orderId: string; customerId: string }): AuditEvent[] {
  const threads = strandKinds.map((kind): Thread => ({
    kind,
    entries: chunks.filter((chunk) => chunk.kind === kind).sort((a, b) => a.first - b.first).flatMap((chunk) => chunk.entries),
  })).filter((thread) => thread.entries.length > 0);
  const pending = new Set(threads.flatMap((thread) => thread.entries.map((entry) => entry.id)));
  const events: AuditEvent[] = [];
  for (let next = take(threads, pending); next; next = take(threads, pending)) events.push(shown(next, order));
  return events;
}

/** Takes the earliest head whose cause is not still to come; the earliest at all, should causes go in a circle. */
function take(threads: Thread[], pending: Set<string>): { kind: StrandKind; entry: AuditEntry } | undefined {
  let best: { thread: Thread; entry: AuditEntry; waits: boolean } | undefined;
  for (const thread of threads) {
    const entry = thread.entries[0];
    if (!entry) continue;
    const waits = pending.has(entry.causation);
    if (!best || (best.waits && !waits) || (best.waits === waits && entry.at < best.entry.at)) best = { thread, entry, waits };
  }
  if (!best) return undefined;
  best.thread.entries.shift();
  pending.delete(best.entry.id);
  return { kind: best.thread.kind, entry: best.entry };
}

function shown({ kind, entry }: { kind: StrandKind; entry: AuditEntry }, order: { orderId: string; customerId: string }): AuditEvent {
  const { at, type, summary, version, id, causation, actor } = entry;
  return {
    time: new Date(at).toISOString(), event: factName({ type }) ?? type, type, summary,
    stream: streamOf(kind, order), version, id, causation, actor,
  };
}
