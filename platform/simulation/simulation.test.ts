import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { planOf } from './plan/plan.ts';
import { LIVENESS_MS, play, type Played } from './play.ts';

const FIXED = [1, 2, 3, 4, 5, 6, 7, 8];
const OF_THE_DAY = 8;
/** Other seeds each day; a failure prints the one that replays it. */
const today = Math.floor(Date.now() / 86_400_000) * 1_000;
const daily = Array.from({ length: OF_THE_DAY }, (_, n) => today + n);
process.stderr.write(`simulation: seeds ${FIXED.join(' ')} and, of today, ${daily.join(' ')} (make simulate SEED=n replays one)\n`);

const faultsOf = ({ faults }: Pick<Played, 'faults'>) => Object.values(faults).reduce((sum, times) => sum + times, 0);

test.each([...FIXED, ...daily])('seed %i breaks nothing', async (seed) => {
  const played = await play(planOf(seed));
  expect({ seed, breaches: played.breaches }).toEqual({ seed, breaches: [] });
  expect(played.orders).toBeGreaterThanOrEqual(20);
  expect(played.portCalls).toBeGreaterThanOrEqual(1_000);
  expect(faultsOf(played)).toBeGreaterThanOrEqual(3);
  expect(played.drainedMs).toBeLessThan(LIVENESS_MS);
});

test('a plan has ten faults at least', () => {
  for (const seed of daily) expect(planOf(seed).faults.length).toBeGreaterThanOrEqual(10);
});

test('a seed goes the same way alone, after others, and told or not', async () => {
  const alone = await play(planOf(11), { told: true });
  await play(planOf(12));
  const later = await play(planOf(11), { told: true });
  expect(later.lines).toEqual(alone.lines);
  expect(later.hash).toBe(alone.hash);
  expect((await play(planOf(11))).hash).toBe(alone.hash);
  expect((await play(planOf(12))).hash).not.toBe(alone.hash);
});

test('a redelivery waits for something in hand, which comes again', async () => {
  const redelivery = { at: 500, kind: 'redelivery' as const, place: { service: 'payments' as const, replica: 0 } };
  const { faults, breaches, lines = [] } = await play({ ...planOf(1), faults: [redelivery] }, { told: true });
  expect({ faults, breaches }).toEqual({ faults: { redelivery: 1 }, breaches: [] });
  expect(lines.some((line) => /payments-0.*, redelivered/.test(line))).toBe(true);
});

const simulate = (env: Record<string, string>) => promisify(execFile)(process.execPath, [path.join(import.meta.dirname, 'main.ts')], {
  env: { PATH: process.env['PATH'], ...env },
});

test('the command plays seeds on threads, and one to its whole trace', async () => {
  const many = await simulate({ SEEDS: '4', THREADS: '2' });
  expect(many.stdout).toMatch(/^4 seeds, no breach$/m);
  const one = await simulate({ SEED: '2', ORDER: 'o03' });
  expect(one.stdout).toMatch(/client +asks POST \/orders key place-o03/);
  expect(one.stdout).toMatch(/^no breach$/m);
});

test.each([['SEEDS', 'many'], ['SEEDS', '0'], ['SEED', '-1'], ['THREADS', '1.5'], ['MUTANTS', 'yes']])('%s=%s is one line, exit 2', async (name, value) => {
  const failed = await simulate({ [name]: value }).then(() => undefined, (error: { code: number; stdout: string; stderr: string }) => error);
  expect(failed).toMatchObject({ code: 2, stdout: '' });
  expect(failed?.stderr).toMatch(new RegExp(`^simulate: ${name} must be .*\\n$`));
});
