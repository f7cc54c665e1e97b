import type { ParkingGroup } from '@tradewind/embedded/adapters.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import type { PoisonRecord } from '../plan/faults.ts';

interface Poison { as: PoisonRecord['as']; /** Told when the first of it is read, and where. */ read?: (machine: string) => void }

/** Makes a version one that nobody knows, and the same again. */
const FUTURE = '99';

/** Orders of which a group cannot handle something just now. */
export class PoisonRecords {
  readonly #now = new Map<string, Poison>();
  readonly #ever = new Set<string>();

  begin(group: ParkingGroup, orderId: string, poison: Poison): void {
    this.#now.set(`${group} ${orderId}`, poison);
    this.#ever.add(`${group} ${orderId}`);
  }

  /** The upgrade. */
  end(group: ParkingGroup, orderId: string): void {
    this.#now.delete(`${group} ${orderId}`);
  }

  calm(): void {
    this.#now.clear();
  }

  /** Whether the order was poison to the group at any time: only then may the group park it. */
  had(group: string, orderId: string): boolean {
    return this.#ever.has(`${group} ${orderId}`);
  }

  /** A message of the log, or of a parking lot, as the group reads it on a machine. */
  read<Holder extends { envelope: Envelope }>(group: string, machine: string, holder: Holder): Holder {
    if (this.#ever.size === 0) return holder;
    const { envelope } = holder;
    const type = envelope.type.endsWith(FUTURE) ? envelope.type.slice(0, -FUTURE.length) : envelope.type;
    const poison = this.#now.get(`${group} ${envelope.correlationid}`);
    const newer = poison !== undefined && type.startsWith(`${poison.as}.v`);
    if (newer || poison?.as === 'bug') {
      poison.read?.(machine);
      delete poison.read;
    }
    return { ...holder, envelope: { ...envelope, type: newer ? `${type}${FUTURE}` : type } };
  }

  bugHits(group: ParkingGroup, orderId: string): boolean {
    return this.#now.get(`${group} ${orderId}`)?.as === 'bug';
  }
}

/** The group that a machine reads the log as, by its name. */
export function groupAt(machine: string): ParkingGroup {
  return machine.startsWith('order-history') ? 'order-history' : 'orders.saga';
}
