import { expect, test } from '@jest/globals';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import fc from 'fast-check';
import { overtaking } from './overtaking.ts';

test('every message arrives once, and those of one key in their order', () => {
  fc.assert(fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 30 }), fc.nat(), (keys, seed) => {
    const order = overtaking(keys, seededRandom(seed));
    expect(order.toSorted((a, b) => a - b)).toEqual(keys.map((_, at) => at));
    for (const key of new Set(keys)) {
      const mine = order.filter((at) => keys[at] === key);
      expect(mine).toEqual(mine.toSorted((a, b) => a - b));
    }
  }));
});

test('those of different keys do overtake each other', () => {
  const orders = Array.from({ length: 10 }, (_, seed) => overtaking(['a', 'b', 'a', 'b'], seededRandom(seed)).join());
  expect(new Set(orders).size).toBeGreaterThan(1);
});
