import { Worker } from 'node:worker_threads';
import type { Mutant } from '../mutant.ts';
import { mutants } from '../list.ts';
import type { News, Order } from './worker.ts';

/** What became of a mutant. Neither `found` nor `error`: no seed found it. */
export interface Hunted {
  name: string;
  says: string;
  /** `seeds` is how many it took. */
  found?: { seeds: number; seed: number; invariants: string[] };
  /** It is no bug that can be found: it does not load, throws where nobody listens, or never ends. */
  error?: string;
}

export interface Hunt {
  mutants: Hunted[];
  /** The unpatched source, over the same seeds. */
  unpatched: Hunted & { seeds: number };
}

export interface HuntOptions {
  /** Seeds 1 to this many are played for each mutant, until one finds it. */
  seeds: number;
  /** Those whose name contains this. */
  only?: string;
  among?: readonly Mutant[];
  say(line: string): void;
  threads?: number;
}

/** Longest that one seed may take: far beyond what any does. */
const PATIENCE_MS = 120_000;

/** Plays every mutant until it is found, and the unpatched source over as many seeds as that took at most. */
export async function runMutants({ seeds, only = '', among = mutants, say, threads = 2 }: HuntOptions): Promise<Hunt> {
  const wanted = among.filter(({ name }) => name.includes(only));
  const width = Math.max(10, ...wanted.map(({ name }) => name.length));
  const found = await sideBySide(wanted, threads, async (mutant) => {
    const hunted = await hunt(mutant, { first: 1, last: seeds });
    say(`${mutant.name.padEnd(width)}  ${told(hunted, seeds)}`);
    return hunted;
  });
  const most = Math.max(1, ...found.map((each) => each.found?.seeds ?? 1));
  const shares = Array.from({ length: threads }, (_, n) => ({ first: 1 + Math.floor((most * n) / threads), last: Math.floor((most * (n + 1)) / threads) }))
    .filter(({ first, last }) => first <= last);
  const unpatched = { name: 'unpatched', says: 'the source as it is', patches: [] };
  const control = await sideBySide(shares, threads, (share) => hunt(unpatched, share));
  const broken = control.find((each) => each.found ?? each.error);
  say(`${'unpatched'.padEnd(width)}  ${broken ? told(broken, most) : `passes all of these ${most} seeds`}`);
  return { mutants: found, unpatched: { ...broken ?? { name: unpatched.name, says: unpatched.says }, seeds: most } };
}

/** Whether every mutant was found, and the unpatched source passes. */
export function holds({ mutants: hunted, unpatched }: Hunt): boolean {
  return hunted.length > 0 && hunted.every(({ found }) => found) && !unpatched.found && unpatched.error === undefined;
}

function told({ found, error }: Hunted, seeds: number): string {
  if (error !== undefined) return `fails: ${error}`;
  return found ? `found after ${String(found.seeds).padStart(3)} by ${found.invariants.join(', ')}` : `not found in ${seeds} seeds`;
}

async function sideBySide<In, Out>(all: In[], width: number, work: (each: In) => Promise<Out>): Promise<Out[]> {
  const done: Out[] = [];
  const waiting = all.entries();
  await Promise.all(Array.from({ length: width }, async () => {
    for (const [at, each] of waiting) done[at] = await work(each);
  }));
  return done;
}

/** In a thread of its own: a module is loaded once in each, patched or not. */
function hunt({ name, says, patches }: Mutant, { first, last }: { first: number; last: number }): Promise<Hunted> {
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: { patches, first, last } satisfies Order });
  return new Promise((resolve) => {
    let patience: NodeJS.Timeout | undefined;
    const end = (what: Pick<Hunted, 'found' | 'error'>): void => {
      clearTimeout(patience);
      resolve({ name, says, ...what });
      void worker.terminate();
    };
    const wait = (seed: number): void => {
      clearTimeout(patience);
      patience = setTimeout(() => end({ error: `seed ${seed} never ends` }), PATIENCE_MS);
    };
    wait(first);
    worker.on('message', ({ seed, invariants }: News) => {
      if (invariants.length > 0) end({ found: { seeds: seed - first + 1, seed, invariants } });
      else wait(seed + 1);
    });
    worker.on('error', (error) => end({ error: String(error) }));
    worker.on('exit', () => end({}));
  });
}
