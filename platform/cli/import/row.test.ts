import { expect, test } from '@jest/globals';
import { rowOf } from './row.ts';

const fields = { placedAt: '2026-05-01T10:00:00Z', orderId: 'o-1', customerId: 'c-1', productId: 'p-1', quantity: '2', unitPrice: '12.50' };

test('a row is read with its price in minor units', () => {
  expect(rowOf(fields, 'EUR')).toEqual({
    placedAt: Date.UTC(2026, 4, 1, 10), orderId: 'o-1', customerId: 'c-1', productId: 'p-1', quantity: 2, unitPrice: { amount: 1_250, currency: 'EUR' },
  });
});

test.each<[string, number]>([
  ['2026-05-01', Date.UTC(2026, 4, 1)], ['2026-05-01 10:00', Date.UTC(2026, 4, 1, 10)], ['2026-05-01T10:00:01.5Z', Date.UTC(2026, 4, 1, 10, 0, 1, 500)],
  ['2026-05-01T10:00:00+02:00', Date.UTC(2026, 4, 1, 8)], ['2026-05-01T10:00:00-0130', Date.UTC(2026, 4, 1, 11, 30)], ['2026-05-01T10:00:00+02', Date.UTC(2026, 4, 1, 8)],
])('%s is a time', (placedAt, at) => {
  expect(rowOf({ ...fields, placedAt }, 'EUR')).toMatchObject({ placedAt: at });
});

test.each<[Partial<typeof fields>, RegExp]>([
  [{ placedAt: 'yesterday' }, /^placedAt "yesterday" is not a time/], [{ placedAt: '2026-13-01' }, /^placedAt/], [{ placedAt: '' }, /^placedAt/], [{ placedAt: '01.05.2026' }, /^placedAt/],
  [{ orderId: '' }, /^orderId "" is not an id/], [{ orderId: '.o' }, /^orderId/], [{ customerId: 'c 1' }, /^customerId/], [{ productId: 'p'.repeat(65) }, /^productId/],
  [{ quantity: '0' }, /^quantity "0" is not a whole number/], [{ quantity: '1.5' }, /^quantity/], [{ quantity: '-1' }, /^quantity/], [{ quantity: '10001' }, /^quantity/], [{ quantity: '' }, /^quantity/],
  [{ unitPrice: '12,50' }, /^unitPrice "12,50" is not an amount in EUR/], [{ unitPrice: '-1' }, /^unitPrice/], [{ unitPrice: '1.005' }, /^unitPrice/],
])('%j is in error', (wrong, says) => {
  expect(rowOf({ ...fields, ...wrong }, 'EUR')).toMatch(says);
});
