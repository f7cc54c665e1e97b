import { expect, test } from '@jest/globals';
import { money } from './money.ts';

test('money is a whole number of minor units with an ISO 4217 code', () => {
  expect(money.parse({ amount: 1999, currency: 'EUR' })).toEqual({ amount: 1999, currency: 'EUR' });
  expect(money.parse({ amount: 0, currency: 'JPY' })).toEqual({ amount: 0, currency: 'JPY' });
});

test.each([
  ['a fraction', { amount: 19.99, currency: 'EUR' }],
  ['a negative amount', { amount: -1, currency: 'EUR' }],
  ['an amount beyond the largest', { amount: 9_000_000_001, currency: 'EUR' }],
  ['infinity', { amount: Number.POSITIVE_INFINITY, currency: 'EUR' }],
  ['text', { amount: '1999', currency: 'EUR' }],
  ['a currency in small letters', { amount: 1, currency: 'eur' }],
  ['no currency', { amount: 1 }],
  ['more than it needs', { amount: 1, currency: 'EUR', scale: 2 }],
])('money with %s is refused', (_, value) => {
  expect(money.safeParse(value).success).toBe(false);
});

test('a million of the largest amounts add up exactly', () => {
  const largest = 9_000_000_000;
  expect(money.safeParse({ amount: largest, currency: 'EUR' }).success).toBe(true);
  expect(Number.isSafeInteger(largest * 1_000_000)).toBe(true);
});
