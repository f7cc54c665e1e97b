import { parentPort, workerData } from 'node:worker_threads';
import type { Patch } from '../mutants/mutant.ts';
import type { Played } from '../play.ts';
import { plant } from './plant.ts';

/** What this thread sends back of the seed it was sent, and of CPU what that took. */
export interface Answer { played: Played; cpuMs: number }

// Errors are part of the play here, thousands a second, and nobody reads where they come from.
Error.stackTraceLimit = 0;

const check = plant(workerData as Patch[]);
// Only now: whatever is imported above is not patched.
const { play } = await import('../play.ts');
const { planOf } = await import('../plan/plan.ts');
check();

parentPort?.on('message', (seed: number) => void answer(seed));

async function answer(seed: number): Promise<void> {
  const before = process.threadCpuUsage();
  const played = await play(planOf(seed));
  const { user, system } = process.threadCpuUsage(before);
  parentPort?.postMessage({ played, cpuMs: (user + system) / 1_000 } satisfies Answer);
}
