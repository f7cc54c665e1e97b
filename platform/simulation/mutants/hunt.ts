import { each } from '@tradewind/client/each.ts';
import { PATIENCE_MS, Player } from '../system/player.ts';
import { mutants } from './list.ts';
import type { Mutant } from './mutant.ts';

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
  /** In the order in which they ended. */
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
  patienceMs?: number;
}

/** Plays every mutant until it is found, and the unpatched source over as many seeds as that took at most. */
export async function runMutants({ seeds, only = '', among = mutants, say, threads = 2, patienceMs = PATIENCE_MS }: HuntOptions): Promise<Hunt> {
  const wanted = among.filter(({ name }) => name.includes(only));
  if (wanted.length === 0) throw new Error(`no planted bug has ${JSON.stringify(only)} in its name`);
  const width = Math.max(10, ...wanted.map(({ name }) => name.length));
  const found: Hunted[] = [];
  await each(wanted, threads, async (mutant) => {
    const hunted = await hunt(mutant, { first: 1, last: seeds, patienceMs });
    say(`${mutant.name.padEnd(width)}  ${told(hunted, seeds)}`);
    found.push(hunted);
  });
  const most = Math.max(1, ...found.map((hunted) => hunted.found?.seeds ?? 1));
  const shares = Array.from({ length: threads }, (_, n) => ({ first: 1 + Math.floor((most * n) / threads), last: Math.floor((most * (n + 1)) / threads) }))
    .filter(({ first, last }) => first <= last);
  const unpatched = { name: 'unpatched', says: 'the source as it is', patches: [] };
  const control: Hunted[] = [];
  await each(shares, threads, async (share) => void control.push(await hunt(unpatched, { ...share, patienceMs })));
  const broken = control.find((hunted) => hunted.found ?? hunted.error);
  say(`${'unpatched'.padEnd(width)}  ${broken ? told(broken, most) : `passes ${seedsInWords(most)}`}`);
  say(`${found.filter((hunted) => hunted.found).length} of ${found.length} planted bugs found`);
  return { mutants: found, unpatched: { ...broken ?? { name: unpatched.name, says: unpatched.says }, seeds: most } };
}

/** Whether every mutant was found, and the unpatched source passes. */
export function holds({ mutants: hunted, unpatched }: Hunt): boolean {
  return hunted.length > 0 && hunted.every(({ found }) => found) && !unpatched.found && unpatched.error === undefined;
}

function told({ found, error }: Hunted, seeds: number): string {
  if (error !== undefined) return `fails: ${error}`;
  return found ? `found after ${seedsInWords(found.seeds).padStart(9)} by ${rules(found.invariants)}` : `not found in ${seedsInWords(seeds)}`;
}

function seedsInWords(count: number): string {
  return count === 1 ? '1 seed' : `${count} seeds`;
}

/** The first few. */
function rules(names: string[]): string {
  return names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}

/** In a thread of its own: a module is loaded once in each, patched or not. */
async function hunt({ name, says, patches }: Mutant, { first, last, patienceMs }: { first: number; last: number; patienceMs: number }): Promise<Hunted> {
  const player = new Player(patches, patienceMs);
  try {
    for (let seed = first; seed <= last; seed += 1) {
      const { played: { breaches } } = await player.play(seed);
      const own = breaches.find(({ invariant }) => invariant === 'the-simulation-itself');
      if (own) return { name, says, error: `${own.subject}: ${own.detail}` };
      const invariants = [...new Set(breaches.map(({ invariant }) => invariant))];
      if (invariants.length > 0) return { name, says, found: { seeds: seed - first + 1, seed, invariants } };
    }
    return { name, says };
  } catch (error) {
    return { name, says, error: error instanceof Error ? error.message : String(error) };
  } finally {
    await player.end();
  }
}
