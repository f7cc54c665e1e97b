import type { Lane, Outbox } from '../outbox.ts';

/** An outbox, and which of its lanes a relay of this process leads, as last told: nobody else need hear of what those carry. */
export function knowingLeads(outbox: Outbox): { outbox: Outbox; leads(lane: Lane): boolean } {
  const led = new Set<Lane>();
  const told = (lane: Lane, leads: boolean): void => void (leads ? led.add(lane) : led.delete(lane));
  return {
    leads: (lane) => led.has(lane),
    outbox: {
      ...outbox,
      async lead(lane, holder, ttlMs) {
        const epoch = await outbox.lead(lane, holder, ttlMs);
        told(lane, epoch !== undefined);
        return epoch;
      },
      async yield(lane, holder) {
        told(lane, false);
        await outbox.yield(lane, holder);
      },
      async remove(lane, epoch, ids) {
        const leads = await outbox.remove(lane, epoch, ids);
        if (!leads) told(lane, false);
        return leads;
      },
    },
  };
}
