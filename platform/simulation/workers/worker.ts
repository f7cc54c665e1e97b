import { parentPort } from 'node:worker_threads';
import { planOf } from '../plan/plan.ts';
import { play } from '../play.ts';

// Errors are part of the play here, thousands a second, and nobody reads where they come from.
Error.stackTraceLimit = 0;

/** Plays the seeds that it is sent, one list after another, and sends back what became of each. */
parentPort?.on('message', (seeds: number[]) => void playAll(seeds));

let current: number | undefined;
process.on('unhandledRejection', (error) => {
  throw new Error(`seed ${current} leaves a rejection that nobody handles: ${String(error)}`, { cause: error });
});

async function playAll(seeds: number[]): Promise<void> {
  const before = process.threadCpuUsage();
  const played = [];
  for (const seed of seeds) {
    current = seed;
    played.push(await play(planOf(seed)));
  }
  const { user, system } = process.threadCpuUsage(before);
  parentPort?.postMessage({ played, cpuMs: (user + system) / 1_000 });
}
