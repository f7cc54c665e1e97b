import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { progress } from '@tradewind/demo/progress.ts';
import { wholeNumber } from '@tradewind/embedded/config.ts';
import { replay, simulate } from './simulate.ts';

/** `make simulate`: exit 0 all hold, 1 a breach, 2 it could not run. */
const say = (line: string) => void process.stdout.write(`${line}\n`);

try {
  const { SEED, ORDER, TRACE } = process.env;
  const threads = wholeNumber(process.env, 'THREADS', { fallback: availableParallelism(), low: 1, high: 64 });
  const surroundings = { say, progress: progress(process.stderr), now: () => performance.now(), threads };
  const holds = SEED
    ? await replay({
      seed: wholeNumber(process.env, 'SEED', { fallback: 1, low: 0, high: 2 ** 31 }), ...(ORDER && { order: ORDER }),
      ...(TRACE && { write: (lines: string[]) => writeFileSync(TRACE, `${lines.join('\n')}\n`) }),
    }, surroundings)
    : await simulate({
      from: wholeNumber(process.env, 'FROM', { fallback: 1, low: 0, high: 2 ** 31 }),
      count: wholeNumber(process.env, 'SEEDS', { fallback: 500, low: 1, high: 10_000_000 }),
    }, surroundings);
  process.exitCode = holds ? 0 : 1;
} catch (error) {
  process.stderr.write(`simulate: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
