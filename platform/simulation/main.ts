import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { progress } from '@tradewind/client/progress.ts';
import { wholeNumber } from '@tradewind/embedded/config.ts';
import { holds as huntHolds, runMutants } from './mutants/hunt.ts';
import { replay, simulate } from './simulate.ts';

/** `make simulate`: exit 0 all hold, 1 a breach, or a planted bug that no seed found, 2 it could not run. */
const { SEED, MUTANTS, ORDER, TRACE, ONLY } = process.env;
const say = (line: string) => void process.stdout.write(`${line}\n`);
/** Whoever read us (`head`) has gone before the verdict. */
process.stdout.on('error', () => process.exit(2));

try {
  const number = (name: string, fallback: number, low: number) => wholeNumber(process.env, name, { fallback, low, high: 2 ** 31 });
  const threads = number('THREADS', availableParallelism(), 1);
  const surroundings = { say, progress: progress(process.stderr), now: () => performance.now(), threads };
  if (MUTANTS && MUTANTS !== '1') throw new Error(`MUTANTS must be 1, not ${JSON.stringify(MUTANTS)}`);
  if (!SEED && (ORDER || TRACE)) throw new Error('ORDER and TRACE go with SEED=n');
  if (SEED && (process.env.SEEDS || MUTANTS)) throw new Error('SEED=n plays one seed: leave SEEDS and MUTANTS out');
  process.exitCode = await run() ? 0 : 1;

  async function run(): Promise<boolean> {
    if (MUTANTS) return huntHolds(await runMutants({ seeds: number('SEEDS', 400, 1), threads, say, ...(ONLY && { only: ONLY }) }));
    if (!SEED) return simulate({ from: number('FROM', 1, 0), count: number('SEEDS', 500, 1) }, surroundings);
    const write = (lines: string[]) => { if (TRACE) writeFileSync(TRACE, `${lines.join('\n')}\n`); };
    return replay({ seed: number('SEED', 1, 0), write, ...(ORDER && { order: ORDER }) }, surroundings);
  }
} catch (error) {
  process.stderr.write(`simulate: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
