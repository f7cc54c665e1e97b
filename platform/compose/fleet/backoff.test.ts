import { expect, test } from '@jest/globals';
import { backoffMs, deathsInARow } from './backoff.ts';

test('a process that keeps dying waits longer each time, and never over ten seconds', () => {
  expect([1, 2, 3, 6, 7, 50].map(backoffMs)).toEqual([250, 500, 1_000, 8_000, 10_000, 10_000]);
});

test('a long life is a new beginning', () => {
  expect([deathsInARow(4, 100), deathsInARow(4, 30_000)]).toEqual([5, 1]);
});
