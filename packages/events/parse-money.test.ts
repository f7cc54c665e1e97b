import { expect, test } from '@jest/globals';
import { LARGEST_AMOUNT } from './money.ts';
import { formatMoney } from './format-money.ts';
import { parseMoney } from './parse-money.ts';
import fc from 'fast-check';

test.each([
  ['12.05', 'EUR', 1_205], ['12', 'EUR', 1_200], ['12.5', 'EUR', 1_250], ['0.01', 'EUR', 1], ['12.500', 'EUR', 1_250], ['0.29', 'EUR', 29],
  ['1200', 'JPY', 1_200], ['12.0', 'JPY', 12], ['1.234', 'KWD', 1_234],
])('%s %s is %d minor units', (text, currency, amount) => {
  expect(parseMoney(text, currency)).toEqual({ amount, currency });
});

test.each(['', '.5', '12.', '-1', '+1', '1,50', '1e3', '12.005', ' 12', 'NaN', '99999999999', '1.00000'])('%j is no amount', (text) => {
  expect(parseMoney(text, 'EUR')).toBeUndefined();
});

test('what is written as people read it is read as what it was', () => {
  fc.assert(fc.property(fc.nat(LARGEST_AMOUNT), fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF'), (amount, currency) => {
    expect(parseMoney(formatMoney({ amount, currency }).slice(4), currency)).toEqual({ amount, currency });
  }));
});
