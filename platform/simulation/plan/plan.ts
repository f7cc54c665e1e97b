import { serviceNames, type ServiceName } from '@tradewind/embedded/services.ts';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import { drawFaults, type Fault } from './faults.ts';
import { drawCatalogue, drawSteps, type Catalogue, type Step } from './workload.ts';

/** Everything that a seed decides beforehand. What it decides on the way (latencies, ids) is drawn from streams of the same seed. */
export interface Plan {
  seed: number;
  replicas: Record<ServiceName, number>;
  catalogue: Catalogue;
  /** By instant. */
  steps: Step[];
  /** By instant. */
  faults: Fault[];
}

/** A service runs twice in one seed of three. */
const TWICE = 0.3;

export function planOf(seed: number): Plan {
  const random = seededRandom(`${seed}:plan`);
  const replicas = Object.fromEntries(serviceNames.map((name) => [name, random.next() < TWICE ? 2 : 1])) as Plan['replicas'];
  const catalogue = drawCatalogue(seededRandom(`${seed}:catalogue`));
  return {
    seed, replicas, catalogue,
    steps: drawSteps(seededRandom(`${seed}:steps`), catalogue), faults: drawFaults(seededRandom(`${seed}:faults`), replicas),
  };
}
