import type { ParkingGroup } from '@tradewind/embedded/adapters.ts';
import type { ParkingLot } from '@tradewind/log/parking/port.ts';
import type { Target } from '../plan/faults.ts';
import { viaOf } from '../world/call.ts';
import { operations } from '../world/operation.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';

/** A lot is down when the database is that it lies in. */
const of = (target: Target) => operations(target, {
  reading: ['standing', 'list', 'find', 'aside'], changing: ['park', 'redrive', 'claim', 'leave', 'fail', 'drop'],
});

const all: Record<ParkingGroup, ReturnType<typeof of>> = { 'orders.saga': of('store:orders'), 'order-history': of('model:order-history') };

/** A process's way to a parking lot. */
export function lotVia(world: World, process: Process, lot: ParkingLot, name: ParkingGroup): ParkingLot {
  const op = all[name];
  const via = viaOf(process);
  const { poisonRecords } = world.disturbances;
  return {
    standing: (group) => via(op.standing, () => lot.standing(group)),
    park: (group, arrival) => via(op.park, () => {
      if (!poisonRecords.had(group, arrival.key))
        world.seen.push({ invariant: 'only-poison-is-parked', subject: `${group} ${arrival.key}`, detail: arrival.failure?.reason ?? 'behind' });
      return lot.park(group, arrival);
    }, () => `${arrival.key} ${arrival.failure?.code ?? 'behind'}`),
    redrive: (group, key) => via(op.redrive, () => lot.redrive(group, key), () => key ?? 'all'),
    claim: (group, holder, options) => via(op.claim, async () =>
      (await lot.claim(group, holder, options)).map((record) => poisonRecords.read(group, process.machine.name, record))),
    leave: (group, id) => via(op.leave, () => lot.leave(group, id), () => id),
    fail: (group, id, failure) => via(op.fail, () => lot.fail(group, id, failure), () => id),
    drop: (group, id, drop) => via(op.drop, () => lot.drop(group, id, drop), () => id),
    list: (group, filter) => via(op.list, () => lot.list(group, filter)),
    find: (group, id) => via(op.find, () => lot.find(group, id), () => id),
    aside: (group) => via(op.aside, () => lot.aside(group)),
    close: () => lot.close(),
  };
}
