import { expect, test } from '@jest/globals';
import { duration } from './duration.ts';

test.each([['250ms', 250], ['60s', 60_000], ['5m', 300_000], ['2h', 7_200_000], ['7d', 604_800_000], ['0s', 0]])('%s is %d ms', (text, ms) => {
  expect(duration(text)).toBe(ms);
});

test.each(['', '60', 's', '1.5s', '-1s', '1e3s', '60 s', '9999999999s', '60S'])('%j is no duration', (text) => {
  expect(() => duration(text)).toThrow(/60s/);
});
