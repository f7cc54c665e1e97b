import { storeNames } from '@tradewind/ledger/facts.ts';
import { queueChannel } from '@tradewind/tasks/memory/durable.ts';
import { encodeTask } from '@tradewind/tasks/message.ts';
import type { Fault, Place, PoisonRecord, RebuildHow, Target } from '../plan/faults.ts';
import type { ParkingGroup } from '@tradewind/embedded/adapters.ts';
import { faultTeller } from './trace.ts';
import { endLeases, presumeDead } from './presumed-dead.ts';
import type { Slot } from './slot.ts';
import type { Supervisor } from './supervisor.ts';
import type { World } from './world.ts';

/** What a fault needs: the world, whoever starts processes, and somebody to ask for a rebuild or a redrive. */
export interface Means { world: World; supervisor: Supervisor; rebuild(how?: RebuildHow): void; redrive(group: ParkingGroup): void }

const DATABASES: Target[] = [...storeNames.map((name): Target => `store:${name}`), 'model:order-history', 'model:notifications'];

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
  const { disturbances } = world;
  const { calls, kind } = fault;
  const blow = kind === 'presumed-dead' ? 'stalls' : fault.after ? 'crash-after' : 'crash-before';
  disturbances.arm(slot.name, { calls, blow, strike: () => {
    disturbances.count(kind);
    if (kind === 'crash') return supervisor.crash(slot, fault);
    const stalled = slot.running?.process;
    stalled?.pause();
    presumeDead(slot, world);
    over(world, fault.ms, `${kind} at ${slot.name}`, () => stalled?.resume());
  } });
}

type AtPlace = Exclude<Extract<Fault, { place: Place }>, AtCall>;

function atPlace(fault: AtPlace, slot: Slot, { world, supervisor }: Means): void {
  const { disturbances } = world;
  const lasts = (ms: number, undo: () => void): void => {
    disturbances.count(fault.kind);
    over(world, ms, `${fault.kind} at ${slot.name}`, undo);
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
    world.trace.note(faultTeller, `redelivery of what ${slot.name} has in hand`);
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
    case 'poison-record':
      return poisonRecord(fault, means);
    default:
      atOnce(fault, means);
  }
}

/** After the first of it was read: about when it has been parked. */
const SOON_US = 15_000;

/** Somebody tries a redrive too early, and once more after the upgrade. */
function poisonRecord({ kind, group, orderId, as, ms, crashCalls }: PoisonRecord, { world, supervisor, rebuild, redrive }: Means): void {
  const { disturbances, scheduler } = world;
  disturbances.poisonRecords.begin(group, orderId, { as, read: (machine) => {
    disturbances.count(kind);
    const slot = world.slots.find(({ name }) => name === machine);
    if (crashCalls === undefined || !slot) {
      scheduler.after(SOON_US, () => endLeases(group, world));
      return void scheduler.after(2 * SOON_US, rebuild);
    }
    disturbances.arm(machine, { calls: crashCalls, blow: 'crash-after', strike: () => supervisor.crash(slot, { silent: false, downMs: 300 }) });
  } });
  scheduler.after(ms * 500, () => redrive(group));
  over(world, ms, `${kind} ${orderId} of ${group}`, () => {
    disturbances.poisonRecords.end(group, orderId);
    redrive(group);
  });
}

/** What is done as soon as it has happened. */
function atOnce(fault: Extract<Behind, { kind: 'relay-moved' | 'leases-lost' | 'rebuild' | 'poison' }>, { world, rebuild }: Means): void {
  if (fault.kind === 'relay-moved') return moveRelay(fault, world);
  world.disturbances.count(fault.kind);
  switch (fault.kind) {
    case 'leases-lost':
      return endLeases(fault.group, world);
    case 'rebuild':
      return rebuild(fault.how);
    case 'poison':
      poison(fault.queue, world);
  }
}

function moveRelay({ kind, store, lane }: Extract<Fault, { kind: 'relay-moved' }>, { durable, clock, disturbances }: World): void {
  const { leases } = durable.stores[store];
  const lease = leases.get(lane);
  if (!lease) return;
  disturbances.count(kind);
  leases.set(lane, { holder: 'another', epoch: lease.epoch + 1, expiresAt: clock.now() });
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

function down(targets: Target[], ms: number, world: World, kind: 'outage' | 'postgres-down'): void {
  const { disturbances, durable } = world;
  disturbances.count(kind);
  for (const target of targets) disturbances.breakDown(target);
  if (targets.includes('tasks')) for (const session of [...durable.tasks.sessions.keys()]) durable.tasks.end(session);
  over(world, ms, `${kind} of ${targets.join(' ')}`, () => { for (const target of targets) disturbances.mend(target); });
}

/** Ends what lasts, and says so. */
function over({ scheduler, trace }: World, ms: number, what: string, undo: () => void): void {
  scheduler.after(ms * 1_000, () => {
    trace.note(faultTeller, `over: ${what}`);
    undo();
  });
}
