import type { ServiceName } from '@tradewind/embedded/service-names.ts';
import { groupChannel } from '@tradewind/log/group/member.ts';
import { storeNames } from '@tradewind/ledger/facts.ts';
import type { Slot } from './slot.ts';
import type { World } from './world.ts';

const groups: Partial<Record<ServiceName, string>> = { orders: 'orders.saga', 'order-history': 'order-history' };

/** What replicas of the service here lead and hold is free: it goes to whoever of them looks first. */
export function presumeDead({ place: { service }, running }: Slot, world: World): void {
  const { durable } = world;
  const group = groups[service];
  const store = storeNames.find((name) => name === service);
  running?.tasks.lose();
  if (service === 'order-history') durable.history.endClaim();
  if (group !== undefined) endLeases(group, world);
  if (store) for (const lease of durable.stores[store].leases.values()) lease.expiresAt = -Infinity;
}

/** A group has no members any more, until they say that they live. */
export function endLeases(group: string, { durable, hints }: World): void {
  const { leases, members } = durable.log.group(group);
  members.clear();
  for (const lease of leases.values()) Object.assign(lease, { epoch: lease.epoch + 1, holder: undefined, expiresAt: 0 });
  hints.wake(groupChannel(group));
}
