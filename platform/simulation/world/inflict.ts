import { queueChannel } from '@tradewind/tasks/memory/durable.ts';
import { encodeTask } from '@tradewind/tasks/message.ts';
import type { Fault, Place, Target } from '../plan/faults.ts';
import { faultTeller } from './trace.ts';
import { endLeases, presumeDead } from './presumed-dead.ts';
import type { Slot } from './slot.ts';
import type { Supervisor } from './supervisor.ts';
import type { World } from './world.ts';

/** What a fault needs: the world, whoever starts processes, and somebody to ask for a rebuild. */
export interface Means { world: World; supervisor: Supervisor; rebuild(): void }

const STORES: Target[] = ['store:orders', 'store:customers', 'store:inventory', 'store:payments'];
const DATABASES: Target[] = [...STORES, 'model:order-history', 'model:notifications'];

/** Makes a fault happen now; one that lasts ends by itself. */
export function inflict(fault: Fault, means: Means): void {
  const { world } = means;
  world.trace.note(faultTeller, JSON.stringify(fault, (name, value: unknown) => name === 'at' ? undefined : value));
  if ('calls' in fault) atCall(fault, slotAt(world, fault.place), means);
  else if ('place' in fault) atPlace(fault, slotAt(world, fault.place), means);
  else behindPorts(fault, means);
}

function slotAt({ slots }: World, { service, replica }: Place): Slot {
  const found = slots.find(({ place }) => place.service === service && place.replica === replica);
  if (!found) throw new Error(`there is no ${service}-${replica}`);
  return found;
}

type AtCall = Extract<Fault, { calls: number }>;

function atCall(fault: AtCall, slot: Slot, { world, supervisor }: Means): void {
  const { disturbances, scheduler, trace } = world;
  const { calls, kind } = fault;
  const blow = kind === 'presumed-dead' ? 'stalls' : fault.after ? 'crash-after' : 'crash-before';
  disturbances.arm(slot.name, { calls, blow, strike: () => {
    disturbances.count(kind);
    if (kind === 'crash') return supervisor.crash(slot, fault);
    const stalled = slot.running?.process;
    stalled?.pause();
    presumeDead(slot, world);
    scheduler.after(fault.ms * 1_000, () => {
      trace.note(faultTeller, `over: ${kind} at ${slot.name}`);
      stalled?.resume();
    });
  } });
}

type AtPlace = Exclude<Extract<Fault, { place: Place }>, AtCall>;

function atPlace(fault: AtPlace, slot: Slot, { world, supervisor }: Means): void {
  const { disturbances, scheduler, trace } = world;
  const lasts = (ms: number, over: () => void): void => {
    disturbances.count(fault.kind);
    scheduler.after(ms * 1_000, () => {
      trace.note(faultTeller, `over: ${fault.kind} at ${slot.name}`);
      over();
    });
  };
  const { running } = slot;
  switch (fault.kind) {
    case 'restart':
      if (running) disturbances.count(fault.kind);
      return supervisor.restart(slot, fault.downMs);
    case 'pause':
      if (!running) return;
      running.process.pause();
      return lasts(fault.ms, () => running.process.resume());
    case 'slow':
      slot.slowness += fault.factor;
      return lasts(fault.ms, () => { slot.slowness -= fault.factor; });
    case 'clock-jump':
      slot.skewMs += fault.byMs;
      return lasts(fault.ms, () => { slot.skewMs -= fault.byMs; });
    case 'network-cut':
      slot.cuts += 1;
      return lasts(fault.ms, () => { slot.cuts -= 1; });
    case 'redelivery':
      loseInHand(slot, world, PATIENT_LOOKS);
  }
}

const LOOK_EVERY_US = 1_000;
const PATIENT_LOOKS = 2_000;

/** As soon as it has something in hand: at a drawn instant it hardly ever has, and nothing would come again. */
function loseInHand(slot: Slot, world: World, looks: number): void {
  const tasks = slot.running?.tasks;
  if (tasks?.busy()) {
    world.disturbances.count('redelivery');
    world.trace.note({ name: 'fault', index: 99_999 }, `redelivery of what ${slot.name} has in hand`);
    tasks.lose();
  } else if (looks > 0) world.scheduler.after(LOOK_EVERY_US, () => loseInHand(slot, world, looks - 1));
}

type Behind = Exclude<Fault, AtPlace | AtCall>;

function behindPorts(fault: Behind, means: Means): void {
  const { disturbances, scheduler } = means.world;
  switch (fault.kind) {
    case 'outage':
      return down([fault.target], fault.ms, means.world, fault.kind);
    case 'postgres-down':
      return down(DATABASES, fault.ms, means.world, fault.kind);
    case 'lost-answers':
      return void scheduler.after(fault.ms * 1_000, disturbances.loseAnswers(fault.target, fault.every));
    case 'duplicates':
    case 'reordering':
    case 'partial-publish':
      return disturbances.meddle(fault.kind, fault.lane, fault.times);
    default:
      atOnce(fault, means);
  }
}

/** What is done as soon as it has happened. */
function atOnce(fault: Extract<Behind, { kind: 'relay-moved' | 'leases-lost' | 'rebuild' | 'poison' }>, { world, rebuild }: Means): void {
  const { durable, clock, disturbances } = world;
  const { leases } = durable.stores['store' in fault ? fault.store : 'orders'];
  const lease = fault.kind === 'relay-moved' ? leases.get(fault.lane) : undefined;
  if (lease || fault.kind !== 'relay-moved') disturbances.count(fault.kind);
  switch (fault.kind) {
    case 'relay-moved':
      if (lease) leases.set(fault.lane, { holder: 'another', epoch: lease.epoch + 1, expiresAt: clock.now() });
      return;
    case 'leases-lost':
      return endLeases(fault.group, world);
    case 'rebuild':
      return rebuild();
    case 'poison':
      poison(fault.queue, world);
  }
}

function poison(queue: string, { disturbances, durable, hints, clock }: World): void {
  const id = `poison-${disturbances.poisons.size + 1}`;
  disturbances.poisons.add(id);
  durable.tasks.add(queue, encodeTask({ exchange: '', routingKey: queue, envelope: {
    specversion: '1.0', id, source: '/elsewhere', type: 'elsewhere.nobody.knows.v1', subject: id, time: new Date(clock.now()).toISOString(),
    datacontenttype: 'application/json', partitionkey: id, correlationid: id, causationid: id, data: {},
  } }));
  hints.wake(queueChannel(queue));
}

function down(targets: Target[], ms: number, { disturbances, scheduler, durable, trace }: World, kind: 'outage' | 'postgres-down'): void {
  disturbances.count(kind);
  for (const target of targets) disturbances.breakDown(target);
  if (targets.includes('tasks')) for (const session of [...durable.tasks.sessions.keys()]) durable.tasks.end(session);
  scheduler.after(ms * 1_000, () => {
    trace.note(faultTeller, `over: ${kind} of ${targets.join(' ')}`);
    for (const target of targets) disturbances.mend(target);
  });
}
