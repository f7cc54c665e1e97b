import { parentPort, workerData } from 'node:worker_threads';
import type { Patch } from '../mutant.ts';
import { plant } from './plant.ts';

/** What a thread is to play: seeds one after another, until one has a breach. */
export interface Order { patches: Patch[]; first: number; last: number }
/** What it tells after each seed: names of the rules that were broken. */
export interface News { seed: number; invariants: string[] }

const { patches, first, last } = workerData as Order;
const check = plant(patches);
// Only now: whatever is imported above is not patched.
const { play } = await import('../../play.ts');
const { planOf } = await import('../../plan/plan.ts');
check();
for (let seed = first; seed <= last; seed += 1) {
  const { breaches } = await play(planOf(seed));
  const invariants = [...new Set(breaches.map(({ invariant }) => invariant))];
  parentPort?.postMessage({ seed, invariants } satisfies News);
  if (invariants.length > 0) break;
}
