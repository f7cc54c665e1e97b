import { expect, test } from '@jest/globals';
import { table } from './table.ts';

test('figures stand at the right edge of their column, words at the left', () => {
  expect(table(['QUEUE', 'PRICE', 'DEAD'], [['a', 'EUR 1,250.00', '7'], ['longer', 'EUR 2.50', '12,000']])).toBe([
    'QUEUE          PRICE    DEAD',
    'a       EUR 1,250.00       7',
    'longer      EUR 2.50  12,000',
  ].join('\n'));
});
