import { wholeNumber } from '@tradewind/embedded/config.ts';
import { howNames, type How } from './faults.ts';

/** What the environment says of a run. */
export interface E2eConfig {
  /** Orders a second. */
  load: number;
  /** One of each kind, in a file that has several. */
  short: boolean;
  /** Keep rows in e2e/results, and write docs/e2e.md. */
  keep: boolean;
  /** Of `ONLY=kafka-killed`: only faults of this kind. */
  only: How | undefined;
  /** Random faults: how many, and by which seed. */
  faults: number;
  seed: number;
}

/** Reads LOAD, E2E_SHORT, E2E_KEEP, ONLY, FAULTS and SEED. @throws Error in one line, for a user */
export function e2eConfig(env: NodeJS.ProcessEnv): E2eConfig {
  return {
    load: wholeNumber(env, 'LOAD', { fallback: 25, low: 1, high: 10_000 }),
    short: env.E2E_SHORT === '1',
    keep: env.E2E_KEEP === '1',
    only: howNames.find((how) => env.ONLY?.endsWith(`-${how}`)),
    faults: wholeNumber(env, 'FAULTS', { fallback: 30, low: 1, high: 100_000 }),
    seed: wholeNumber(env, 'SEED', { fallback: Date.now() % 1_000_000, low: 0, high: 2 ** 31 }),
  };
}
