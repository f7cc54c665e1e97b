import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { slice, type Slice, type SliceOptions } from './slice.ts';

interface Turns extends Omit<SliceOptions, 'program' | 'folder' | 'seed'> {
  runs: number;
  /** The programs to measure, by name. */
  programs: Record<string, string>;
  say(line: string): void;
}

/** Measures programs one after another, and so on again: each run has a seed of its own, the same for all. @returns slices by name */
export async function inTurns({ runs, programs, say, ...options }: Turns): Promise<Map<string, Slice[]>> {
  const folder = `/var/tmp/tradewind-bench-${process.pid}`;
  mkdirSync(folder, { mode: 0o755 });
  const found = new Map<string, Slice[]>(Object.keys(programs).map((name) => [name, []]));
  try {
    for (let run = 1; run <= runs; run += 1)
      for (const [at, [name, program]] of Object.entries(programs).entries()) {
        const measured = await slice({ ...options, program, folder: path.join(folder, `${at}-${run}`), seed: run });
        say(`  ${name} ${run}: ${inShort(measured)}`);
        found.get(name)?.push(measured);
      }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return found;
}

function inShort({ perSecond, latency, megabytes, nodeMs, serverMs, cores, confirmed }: Slice): string {
  return `${perSecond.toFixed(1)}/s, p50 ${latency.p50} ms, p99 ${latency.p99} ms, ${megabytes.toFixed(0)} MB, CPU per order: Node ${nodeMs.toFixed(2)} ms, `
    + `servers ${serverMs.toFixed(2)} ms, ${cores.toFixed(2)} cores, ${(100 * confirmed).toFixed(0)} % confirmed`;
}
