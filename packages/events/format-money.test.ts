import { expect, test } from '@jest/globals';
import { formatMoney } from './format-money.ts';

test.each([
  [0, 'EUR', 'EUR 0.00'], [5, 'EUR', 'EUR 0.05'], [1205, 'USD', 'USD 12.05'], [9_000_000_000, 'EUR', 'EUR 90000000.00'],
  [1205, 'JPY', 'JPY 1205'], [5, 'KWD', 'KWD 0.005'], [12_345, 'CLF', 'CLF 1.2345'],
])('%i minor units of %s read %s', (amount, currency, text) => {
  expect(formatMoney({ amount, currency })).toBe(text);
});
