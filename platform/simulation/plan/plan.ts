import { serviceNames, type ServiceName } from '@tradewind/embedded/service-names.ts';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import { oneOf } from './draw.ts';
import { drawFaults, drawPoisonRecords, drawRebuilds, type Fault } from './faults.ts';
import { drawCatalogue, drawSteps, type Catalogue, type Step } from './workload.ts';

/** Everything that a seed decides beforehand. What it decides on the way (latencies, ids) is drawn from streams of the same seed. */
export interface Plan {
  seed: number;
  replicas: Record<ServiceName, number>;
  /** How long a saga waits for an answer before it asks again. */
  stepTimeoutMs: number;
  catalogue: Catalogue;
  /** By instant. */
  steps: Step[];
  /** By instant. */
  faults: Fault[];
}

/** A service runs twice in one seed of three; orders in every other, since there are most races to lose. */
const TWICE = 0.3;
const ORDERS_TWICE = 0.5;
/** What orders waits by itself, or so short that answers are late and outages outlast every attempt. */
const STEP_TIMEOUTS_MS = [10_000, 10_000, 1_500, 300];

export function planOf(seed: number): Plan {
  const random = seededRandom(`${seed}:plan`);
  const replicas = Object.fromEntries(serviceNames.map((name) => [name, random.next() < (name === 'orders' ? ORDERS_TWICE : TWICE) ? 2 : 1])) as Plan['replicas'];
  const catalogue = drawCatalogue(seededRandom(`${seed}:catalogue`));
  const steps = drawSteps(seededRandom(`${seed}:steps`), catalogue);
  const orders = steps.flatMap((step) => step.type === 'place' ? { orderId: step.order.orderId, at: step.at } : []);
  const faults = [
    ...drawFaults(seededRandom(`${seed}:faults`), replicas), ...drawPoisonRecords(seededRandom(`${seed}:poison-records`), orders),
    ...drawRebuilds(seededRandom(`${seed}:rebuilds`), replicas),
  ];
  return {
    seed, replicas, catalogue, stepTimeoutMs: oneOf(seededRandom(`${seed}:settings`), STEP_TIMEOUTS_MS),
    steps, faults: faults.sort((a, b) => a.at - b.at),
  };
}
