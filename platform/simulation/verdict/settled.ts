import { parkingGroups, type ParkingGroup } from '@tradewind/embedded/adapters.ts';
import type { World } from '../world/world.ts';

/** What keeps the platform from being at rest: empty where nothing is under way in any store, log or queue. */
export function* unsettled(world: World): Generator<string> {
  for (const slot of world.slots) if (!slot.running?.handler) yield `${slot.name} is not up`;
  yield* inStores(world);
  yield* inQueues(world);
  yield* inGroups(world);
}

function* inStores({ durable }: World): Generator<string> {
  for (const [name, { outbox, timers }] of Object.entries(durable.stores)) {
    for (const lane of ['log', 'tasks'] as const) if (outbox[lane].size > 0) yield `${name} has ${outbox[lane].size} rows in its outbox for ${lane}`;
    for (const timer of timers.values()) if (!isParked(timer.data)) yield `${name} waits for timer ${timer.id}`;
  }
}

function* inQueues({ durable, clock }: World): Generator<string> {
  for (const queue of durable.tasks.queues.values()) {
    const { ready, unsettled: inHand, retrying } = queue.depth(clock.now());
    if (ready + inHand + retrying > 0) yield `${queue.name} has ${ready} ready, ${inHand} in hand, ${retrying} retrying`;
  }
}

function* inGroups({ durable }: World): Generator<string> {
  for (const [name, group] of durable.log.groups)
    for (const { topic, partition, position } of group.leases.values()) {
      const { next } = durable.log.partition({ topic, partition });
      if (position < next) yield `${name} is at ${position} of ${next} in ${topic}/${partition}`;
    }
}

/** Orders whose saga waits for a person. */
export function parked({ durable }: World): string[] {
  return [...durable.stores.orders.timers.values()].filter(({ data }) => isParked(data)).map(({ id }) => id);
}

function isParked(data: unknown): boolean {
  return (data as { parked?: object }).parked !== undefined;
}

/** Groups that have parked records, with the orders concerned: they wait for a person. */
export function parkedRecords({ durable }: World): { group: ParkingGroup; keys: string[] }[] {
  return parkingGroups.map((group) => ({ group, keys: [...durable.lots[group].group(group).keys.keys()] })).filter(({ keys }) => keys.length > 0);
}
