import { expect, test } from '@jest/globals';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import { planFaults } from './plan.ts';

const names = ['kafka', 'orders', 'gateway'];

test('a seed replays its faults, another plays others; nothing is struck twice in one blow', () => {
  const [first, again, other] = [1, 1, 2].map((seed) => planFaults(seededRandom(seed), names, 200));
  expect(first).toEqual(again);
  expect(first).not.toEqual(other);
  expect(first?.every(({ victims }) => new Set(victims).size === victims.length)).toBe(true);
  expect(first?.filter(({ pauseMs }) => pauseMs === undefined)).toHaveLength(40);
  expect(new Set(first?.flatMap(({ victims, how }) => victims.map((name) => `${name} ${how}`))).size).toBe(9);
});
