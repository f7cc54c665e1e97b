import type { ParkingGroup } from '@tradewind/embedded/adapters.ts';
import type { ServiceName } from '@tradewind/embedded/service-names.ts';
import type { Lane } from '@tradewind/event-store/outbox.ts';
import { storeNames, type StoreName } from '@tradewind/ledger/facts.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import { notificationsQueue, queueOf } from '@tradewind/events/topology.ts';
import { between, chance, oneOf, weighted } from './draw.ts';

/** One replica of a service: `orders-0`. Its processes come and go. */
export interface Place { service: ServiceName; replica: number }

/** What stands behind a port, and may not answer. */
export type Target = `store:${StoreName}` | Lane | 'model:order-history' | 'model:notifications' | 'provider' | 'http' | 'tokens';

/**
 * Something that goes wrong at an instant, in ms after the set-up. Whatever lasts ends by itself; `calls` counts port
 * calls from `at` on, so that a fault can hit between any two.
 */
export type Fault = { at: number } & (
  /** The process is gone, at its nth port call, before or after its effect. Its connections break, or fall silent. */
  | { kind: 'crash'; place: Place; calls: number; after: boolean; silent: boolean; downMs: number }
  /** It is told to stop, ends what it has in hand, and another one starts. */
  | { kind: 'restart'; place: Place; downMs: number }
  /** It does nothing for a while, and then goes on as if nothing had been. */
  | { kind: 'pause'; place: Place; ms: number }
  /** As in a pause that begins with its nth port call, and meanwhile the others take it for dead: all that it leads and holds goes to them. */
  | { kind: 'presumed-dead'; place: Place; calls: number; ms: number }
  | { kind: 'slow'; place: Place; ms: number; factor: number }
  | { kind: 'clock-jump'; place: Place; ms: number; byMs: number }
  /** Nothing reaches it over HTTP, and nothing comes back. */
  | { kind: 'network-cut'; place: Place; ms: number }
  /** What stands behind the port refuses all calls; those under way may have had their effect. */
  | { kind: 'outage'; target: Target; ms: number }
  /** PostgreSQL is down: every store and read model. */
  | { kind: 'postgres-down'; ms: number }
  /** The effect stands, and its caller hears of an outage: once in every so many calls that change something. */
  | { kind: 'lost-answers'; target: Target; ms: number; every: number }
  /** Publishes arrive twice. */
  | { kind: 'duplicates'; lane: Lane; times: number }
  /** Messages of different keys overtake each other within a publish. */
  | { kind: 'reordering'; lane: Lane; times: number }
  /** A publish fails when part of it has arrived. */
  | { kind: 'partial-publish'; lane: Lane; times: number }
  /** The broker takes a consumer for dead: what it has in hand comes again, to anybody. */
  | { kind: 'redelivery'; place: Place }
  /** Another relay may lead, while this one believes it does. */
  | { kind: 'relay-moved'; store: StoreName; lane: Lane }
  /** A group's leases end while its members believe they hold them. */
  | { kind: 'leases-lost'; group: 'orders.saga' | 'order-history' }
  /** An operator has the read model rebuilt, anew or back to what it was, or changes their mind. */
  | { kind: 'rebuild'; how?: RebuildHow }
  /** A message that no schema knows lies in a queue. */
  | { kind: 'poison'; queue: string }
  | PoisonRecord
);

/**
 * For a while, events of a type that a group reads of an order are of a version from the future; or a bug hits whatever
 * it reads of that order. Then comes the upgrade. Where there are `crashCalls`, whoever reads the first of it is gone so
 * many port calls later; where there are none, the group's leases end soon after that, and the read model is rebuilt meanwhile.
 */
export interface PoisonRecord { kind: 'poison-record'; group: ParkingGroup; orderId: string; as: `tradewind.${string}` | 'bug'; ms: number; crashCalls?: number }

export type FaultKind = Fault['kind'];
export type RebuildHow = 'from-scratch' | 'back' | 'discard' | 'drop-old';

const MODELS = ['model:order-history', 'model:notifications'] as const;

/** Poison records are drawn apart. */
const WEIGHTS: Record<Exclude<FaultKind, 'poison-record'>, number> = {
  crash: 36, restart: 5, pause: 7, 'presumed-dead': 7, slow: 4, 'clock-jump': 4, 'network-cut': 3, outage: 7, 'postgres-down': 2, 'lost-answers': 10,
  duplicates: 5, reordering: 3, 'partial-publish': 3, redelivery: 6, 'relay-moved': 4, 'leases-lost': 5, rebuild: 4, poison: 2,
};

/** Of orders there is most to break. */
const SERVICES: Record<ServiceName, number> = {
  orders: 30, payments: 16, inventory: 14, customers: 14, 'order-history': 14, notifications: 6, gateway: 6,
};

const MOST_AT = 6_500;

export function drawFaults(random: Random, replicas: Record<ServiceName, number>): Fault[] {
  return Array.from({ length: between(random, 10, 17) }, () => drawFault(random, replicas)).sort((a, b) => a.at - b.at);
}

function drawFault(random: Random, replicas: Record<ServiceName, number>): Fault {
  const service = weighted(random, SERVICES);
  const place = { service, replica: between(random, 0, replicas[service] - 1) };
  const kind = weighted(random, WEIGHTS);
  const at = chance(random, 0.5) ? between(random, 0, MOST_AT) : oneOf(random, [500, 2_000, 4_000]) + between(random, 0, 150);
  return { at, ...(kind === 'presumed-dead' ? drawPresumed(random, place, replicas) : drawAt(random, kind, place) ?? drawBehind(random, kind)) };
}

/** The read model is rebuilt, and whoever does it crashes, and the operator has second thoughts. */
export function drawRebuilds(random: Random, replicas: Record<ServiceName, number>): Fault[] {
  if (chance(random, 0.5)) return [];
  const at = between(random, 0, MOST_AT - 1_500);
  const rebuild = (after: number, how?: RebuildHow): Fault => ({ at: at + after, kind: 'rebuild', ...(how && { how }) });
  const crash = (after: number): Fault => ({
    at: at + after, kind: 'crash', place: { service: 'order-history', replica: between(random, 0, replicas['order-history'] - 1) },
    calls: between(random, 1, 120), after: chance(random, 0.5), silent: false, downMs: between(random, 20, 700),
  });
  const crashes = Array.from({ length: between(random, 0, 2) }, () => crash(between(random, 0, 400)));
  const thoughts = (['from-scratch', 'back', 'discard', 'drop-old'] as const).filter(() => chance(random, 0.3));
  return [rebuild(0), ...crashes, ...thoughts.map((how) => rebuild(between(random, how === 'discard' ? 10 : 300, 1_500), how))];
}

type Drawn = Fault extends infer Each ? (Each extends Fault ? Omit<Each, 'at'> : never) : never;

/** What happens to one process. */
function drawAt(random: Random, kind: keyof typeof WEIGHTS, place: Place): Drawn | undefined {
  const downMs = chance(random, 0.6) ? between(random, 20, 500) : between(random, 500, 4_000);
  switch (kind) {
    case 'crash':
      return { kind, place, calls: between(random, 1, 40), after: chance(random, 0.5), silent: chance(random, 0.3), downMs };
    case 'restart':
      return { kind, place, downMs };
    case 'pause':
      return { kind, place, ms: chance(random, 0.5) ? between(random, 50, 2_500) : between(random, 2_500, 9_000) };
    case 'slow':
      return { kind, place, ms: between(random, 500, 5_000), factor: between(random, 5, 60) };
    case 'clock-jump':
      return { kind, place, ms: between(random, 500, 6_000), byMs: between(random, -20_000, 20_000) };
    case 'network-cut':
      return { kind, place, ms: between(random, 100, 3_000) };
    case 'redelivery':
      return { kind, place };
    default:
      return undefined;
  }
}

function drawPresumed(random: Random, place: Place, replicas: Record<ServiceName, number>): Drawn {
  return { kind: 'presumed-dead', place: twice(random, place, replicas), calls: between(random, 1, 40), ms: between(random, 100, 4_000) };
}

/** Where there is another to take over; at the drawn place if no service runs twice. */
function twice(random: Random, place: Place, replicas: Record<ServiceName, number>): Place {
  const services = (Object.keys(SERVICES) as ServiceName[]).filter((name) => name !== 'gateway' && replicas[name] > 1);
  return services.length === 0 ? place : { service: oneOf(random, services), replica: between(random, 0, 1) };
}

/** What happens to what the processes stand on. */
function drawBehind(random: Random, kind: keyof typeof WEIGHTS): Drawn {
  const lane = oneOf(random, ['log', 'tasks'] as const);
  const store = oneOf(random, storeNames);
  const times = between(random, 1, 6);
  const target = oneOf<Target>(random, [`store:${store}`, `store:${store}`, lane, lane, oneOf(random, MODELS), 'provider', oneOf(random, ['provider', 'http', 'tokens'] as const)]);
  switch (kind) {
    case 'postgres-down':
      return { kind, ms: between(random, 100, 2_500) };
    case 'lost-answers':
      return { kind, target, ms: between(random, 300, 4_000), every: between(random, 2, 9) };
    case 'duplicates':
    case 'reordering':
    case 'partial-publish':
      return { kind, lane, times };
    case 'relay-moved':
      return { kind, store, lane };
    case 'leases-lost':
      return { kind, group: oneOf(random, ['orders.saga', 'order-history'] as const) };
    case 'rebuild':
      return { kind };
    case 'poison':
      return { kind, queue: oneOf(random, [...Object.values(queueOf), notificationsQueue]) };
    default:
      return { kind: 'outage', target, ms: between(random, 100, 4_000) };
  }
}

const NEWER = {
  'orders.saga': ['tradewind.order.placed', 'tradewind.order.placed', 'tradewind.credit.reserved', 'tradewind.stock.reserved'],
  'order-history': ['tradewind.order.placed', 'tradewind.order.placed', 'tradewind.saga.started', 'tradewind.saga.step-done', 'tradewind.stock.reserved'],
} as const;

/** Of orders that are being placed then, from a stream of their own; in every other seed none. */
export function drawPoisonRecords(random: Random, orders: { orderId: string; at: number }[]): Fault[] {
  const count = chance(random, 0.5) ? 0 : between(random, 1, 3);
  return Array.from({ length: count }, (): Fault => {
    const group = oneOf(random, ['orders.saga', 'order-history'] as const);
    const { orderId, at } = oneOf(random, orders);
    const as = group === 'orders.saga' && chance(random, 0.4) ? 'bug' : oneOf(random, NEWER[group]);
    const crash = chance(random, 0.6) ? { crashCalls: between(random, 1, 6) } : {};
    return { kind: 'poison-record', at: Math.max(0, at + between(random, -300, 100)), group, orderId, as, ms: between(random, 500, 4_000), ...crash };
  });
}

/** In ms after the set-up, when the last fault is over. What still waits for its port call by then comes no more. */
export function faultsOverAt(faults: readonly Fault[]): number {
  return faults.reduce((last, fault) => Math.max(last, fault.at + ('ms' in fault ? fault.ms : 0)), 0);
}
