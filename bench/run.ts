import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { benchmarks } from './benchmarks.ts';
import { page } from './page.ts';
import { machine, readAll, write } from './result.ts';

/** `make bench`: measures all, or `ONLY=name`; `BENCH_SHORT=1` only sees that they work, and writes nothing. */
const say = (line: string) => void process.stderr.write(`${line}\n`);
const { ONLY: only, BENCH_SHORT: short } = process.env;
const names = Object.keys(benchmarks).filter((name) => !only || name === only);
if (names.length === 0) {
  say(`ONLY=${only ?? ''} is not one of: ${Object.keys(benchmarks).join(', ')}`);
  process.exit(2);
}
mkdirSync(path.join(import.meta.dirname, 'results'), { recursive: true });
for (const name of names) {
  say(`Measuring ${name}`);
  const found = await benchmarks[name]?.({ short: short === '1', say });
  if (!found) continue;
  const result = { name, machine: machine(), at: new Date().toISOString(), ...found };
  process.stdout.write(page([result]).slice(page([]).length));
  if (short !== '1') write(result);
}
if (short !== '1') writeFileSync(path.join(import.meta.dirname, '../docs/benchmarks.md'), page(readAll()));
