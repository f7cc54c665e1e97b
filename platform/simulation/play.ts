import { faultsOverAt, type FaultKind } from './plan/faults.ts';
import { DURING } from './plan/workload.ts';
import type { Plan } from './plan/plan.ts';
import { Customers } from './client/customers.ts';
import type { Breach } from './verdict/breach.ts';
import { parked, parkedRecords, unsettled } from './verdict/settled.ts';
import { breaches } from './verdict/verdict.ts';
import { inflict } from './world/inflict.ts';
import { Supervisor } from './world/supervisor.ts';
import { faultTeller } from './world/trace.ts';
import { World } from './world/world.ts';

/** What became of a plan. */
export interface Played {
  seed: number;
  breaches: Breach[];
  /** Two runs that went the same way have the same. */
  hash: string;
  orders: number;
  portCalls: number;
  /** How often each kind took effect. */
  faults: Partial<Record<FaultKind, number>>;
  duplicates: number;
  /** Of virtual time, in all. */
  simulatedMs: number;
  /** From the end of the last fault until nothing was under way. */
  drainedMs: number;
  /** Where it was told. */
  lines?: string[];
}

/** Virtual time after the last fault in which every saga must have ended. */
export const LIVENESS_MS = 60_000;
/** The set-up knows no faults; it never takes that long. */
const SET_UP_MS = 60_000;
const LOOK_EVERY_US = 250_000;

/** Plays a plan to its end, whatever comes of it: an error of the simulation itself is a breach too. */
export async function play(plan: Plan, { told = false }: { told?: boolean } = {}): Promise<Played> {
  const world = new World(plan, { told });
  try {
    return await playIn(world, plan);
  } catch (error) {
    const detail = error instanceof Error ? error.stack ?? error.message : String(error);
    return { ...sums(plan, world), breaches: [{ invariant: 'the-simulation-itself', subject: `seed ${plan.seed}`, detail }] };
  }
}

/** The faults, then calm until nothing is under way, then the judgement. */
async function playIn(world: World, plan: Plan): Promise<Played> {
  const supervisor = new Supervisor(world);
  const customers = new Customers(world);
  for (const slot of world.slots) supervisor.start(slot);
  customers.setUp(plan.catalogue);
  const early: Breach[] = [];
  if (!await until(world, () => !customers.busy && up(world), SET_UP_MS)) early.push(stuck('set-up', ['the catalogue is not there']));
  const begun = world.scheduler.now;
  schedule(plan, world, { supervisor, customers });
  const calmAt = begun + Math.max(faultsOverAt(plan.faults), DURING) * 1_000;
  await until(world, () => world.scheduler.now >= calmAt, Infinity);
  calm(world);
  const drained = await drain(world, customers);
  if (drained.length > 0) early.push(stuck('every-saga-ends', drained));
  const { breaches: found, ledger } = await breaches(world, customers);
  world.provider.close();
  return {
    ...sums(plan, world), breaches: [...early, ...found], orders: customers.acknowledged.size, duplicates: ledger.duplicatesDelivered,
    drainedMs: (world.scheduler.now - calmAt) / 1_000,
  };
}

function sums({ seed }: Plan, { trace, disturbances, scheduler }: World): Played {
  return {
    seed, breaches: [], hash: trace.hash, orders: 0, portCalls: trace.calls, faults: Object.fromEntries(disturbances.struck), duplicates: 0,
    simulatedMs: scheduler.now / 1_000, drainedMs: 0, ...(trace.lines && { lines: trace.lines }),
  };
}

function up(world: World): boolean {
  return world.slots.every((slot) => slot.running?.handler);
}

function schedule({ steps, faults }: Plan, world: World, { supervisor, customers }: { supervisor: Supervisor; customers: Customers }): void {
  for (const step of steps) world.scheduler.after(step.at * 1_000, () => customers.take(step));
  for (const fault of faults)
    world.scheduler.after(fault.at * 1_000, () => inflict(fault, { world, supervisor, rebuild: () => customers.rebuild(), redrive: (group) => customers.redrive(group) }));
}

/** The last fault is over. What was down has its time to come up. */
function calm(world: World): void {
  world.trace.note(faultTeller, 'none any more');
  world.disturbances.calm();
}

/** @returns what is still under way when the time is up. */
async function drain(world: World, customers: Customers): Promise<string[]> {
  const rest = await until(world, () => {
    // Somebody may be waiting for what is parked.
    for (const { group } of parkedRecords(world)) customers.redrive(group);
    if (customers.busy || !unsettled(world).next().done) return false;
    const waiting = parked(world);
    if (waiting.length === 0) return true;
    customers.resume(waiting);
    return false;
  }, LIVENESS_MS);
  return rest ? [] : [...customers.busy ? ['somebody still waits for an answer'] : [], ...unsettled(world), ...parked(world).map((id) => `the saga of ${id} is parked`),
    ...parkedRecords(world).map(({ group, keys }) => `${group} has parked ${keys.join(' ')}`)];
}

/** Lets time pass until `condition`, looked at now and then. @returns whether it came about within `ms`. */
async function until({ scheduler }: World, condition: () => boolean, ms: number): Promise<boolean> {
  const end = scheduler.now + ms * 1_000;
  let met = false;
  let over = false;
  const look = (): void => {
    met = condition();
    over = scheduler.now >= end;
    if (!met && !over) scheduler.after(LOOK_EVERY_US, look);
  };
  look();
  await scheduler.run(() => met || over);
  return met;
}

function stuck(invariant: string, what: string[]): Breach {
  return { invariant, subject: 'the platform', detail: what.slice(0, 12).join('; ') };
}
