import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RateLimit } from './rate-limit.ts';

const rate = { perSecond: 10, burst: 3, callers: 100 };

test('a burst goes through at once, then one for each refill, and the wait is told', () => {
  const limit = new RateLimit(rate);
  expect([1, 2, 3, 4].map(() => limit.take('a', 0))).toEqual([0, 0, 0, 100]);
  expect(limit.take('a', 40)).toBe(60);
  expect(limit.take('a', 100)).toBe(0);
  expect(limit.take('a', 100)).toBe(100);
});

test('callers have buckets of their own', () => {
  const limit = new RateLimit(rate);
  for (let taken = 0; taken < 4; taken += 1) limit.take('a', 0);
  expect(limit.take('b', 0)).toBe(0);
});

test('a pause fills the bucket to its burst and no further', () => {
  const limit = new RateLimit(rate);
  limit.take('a', 0);
  expect([1, 2, 3, 4].map(() => limit.take('a', 60_000))).toEqual([0, 0, 0, 100]);
});

test('the caller not seen for longest is forgotten first', () => {
  const limit = new RateLimit({ perSecond: 1, burst: 1, callers: 2 });
  expect([limit.take('a', 0), limit.take('b', 0), limit.take('a', 0)]).toEqual([0, 0, 1000]);
  expect(limit.take('c', 0)).toBe(0);
  expect([limit.take('a', 0), limit.take('b', 0)]).toEqual([1000, 0]);
});

test('no sequence of requests gets more through than burst plus rate, even when the clock steps back', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: -50, max: 200 }), { maxLength: 100 }), (steps) => {
    const limit = new RateLimit(rate);
    let [now, forward, passed] = [10_000, 0, 0];
    for (const step of steps) {
      now += step;
      forward += Math.max(0, step);
      if (limit.take('a', now) === 0) passed += 1;
    }
    expect(passed).toBeLessThanOrEqual(rate.burst + (forward * rate.perSecond) / 1000 + 1e-6);
  }), { numRuns: 200 });
});
