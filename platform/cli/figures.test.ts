import { expect, test } from '@jest/globals';
import { counted, money } from './figures.ts';

test.each([[0, '0 orders'], [1, '1 order'], [2_000, '2,000 orders']])('%d is counted as %s', (n, text) => {
  expect(counted(n, 'order')).toBe(text);
});

test.each([
  [5, 'EUR', 'EUR 0.05'], [99_999, 'EUR', 'EUR 999.99'], [125_000, 'EUR', 'EUR 1,250.00'], [1_234_567, 'JPY', 'JPY 1,234,567'], [1_234_567_891, 'KWD', 'KWD 1,234,567.891'],
])('%d of %s is %s', (amount, currency, text) => {
  expect(money({ amount, currency })).toBe(text);
});
