import type { Envelope } from '@tradewind/events/envelope.ts';
import type { Lane, OutboxRow } from '../outbox.ts';
import type { Answer, Snapshot, Timer } from '../port.ts';

interface Lease { holder: string; epoch: number; expiresAt: number }
interface Waiting { row: OutboxRow; at: number }

/** What a crash leaves of a store in memory. All values in it are frozen. */
export class DurableStore {
  readonly streams = new Map<string, Envelope[]>();
  readonly events: { position: number; event: Envelope }[] = [];
  /** By consumer and message id, as JSON: when it was handled. */
  readonly inbox = new Map<string, number>();
  /** By scope and key, as JSON. */
  readonly answers = new Map<string, Answer>();
  readonly timers = new Map<string, Timer>();
  readonly snapshots = new Map<string, Snapshot>();
  /** By id, in its order. */
  readonly outbox: Record<Lane, Map<number, Waiting>> = { log: new Map(), tasks: new Map() };
  readonly leases = new Map<Lane, Lease>();
  /** Events and outbox rows take their places from one sequence. */
  position = 0;

  version(stream: string): number {
    return this.streams.get(stream)?.length ?? 0;
  }
}
