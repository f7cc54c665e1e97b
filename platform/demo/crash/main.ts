import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import { wholeNumber } from '@tradewind/embedded/config.ts';
import { claim } from '@tradewind/embedded/folder.ts';
import { crashRounds } from './rounds.ts';

/** `make demo-crash`: exit 0 holds, 1 a breach or a lost order, 2 could not run. */
const say = (line: string) => void process.stdout.write(`${line}\n`);
try {
  const { env } = process;
  const rounds = wholeNumber(env, 'ROUNDS', { fallback: 12, low: 1, high: 10_000 });
  const seed = wholeNumber(env, 'SEED', { fallback: Date.now() % 1_000_000, low: 0, high: 2 ** 31 });
  const port = wholeNumber(env, 'PORT', { fallback: 8090, low: 1, high: 65_535 });
  const data = path.join(path.resolve(env.DATA || '.tradewind'), 'crash');
  claim(data).release(); // refused while a platform runs there
  rmSync(data, { recursive: true });
  mkdirSync(data);
  say(`demo-crash: ${rounds} rounds, SEED=${seed}, data in ${data}`);
  process.exitCode = await crashRounds({ rounds, seed, port, data, random: seededRandom(seed), say }) ? 0 : 1;
} catch (error) {
  process.stderr.write(`demo-crash: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
