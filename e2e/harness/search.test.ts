import { expect, test } from '@jest/globals';
import { highestRate } from './search.ts';

test.each([[25, 130], [25, 25], [1, 3]])('from %d on, a limit of %d is found to a tenth, without going beyond it', async (first, limit) => {
  const found = await highestRate(first, (rate) => Promise.resolve(rate <= limit));
  expect(found).toBeLessThanOrEqual(limit);
  expect(found).toBeGreaterThan(limit / 1.1 - 1);
});

test('a first rate that is too much finds none', async () => {
  expect(await highestRate(25, () => Promise.resolve(false))).toBe(0);
});
