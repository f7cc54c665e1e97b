import { expect, test } from '@jest/globals';
import { Floor } from './floor.ts';

const settings = { trailMs: 2_000, fullScanMs: 10_000 };

/** Walks every 100 ms, over what `seen` says; returns where each walk began. */
function walks(floor: Floor, from: number, seen: number[]): number[] {
  return seen.map((id, n) => {
    const began = floor.at(from + n * 100);
    floor.passed(id);
    floor.walked(from + n * 100 + 1);
    return began;
  });
}

const ids = (count: number, first = 1) => Array.from({ length: count }, (_, n) => first + n);

test('it begins at the beginning and trails what was seen by two seconds', () => {
  const starts = walks(new Floor(settings), 50_000, ids(60));
  expect(starts[0]).toBe(0);
  for (const [n, start] of starts.entries()) expect(start).toBeLessThanOrEqual(Math.max(0, n - 20));
  expect(starts.at(-1)).toBeGreaterThanOrEqual(37);
});

test('now and then everything is scanned', () => {
  const starts = walks(new Floor(settings), 50_000, ids(250));
  expect(starts.flatMap((start, n) => start === 0 && n > 25 ? [n] : [])).toEqual([100, 200]);
});

test('what was committed as an outage began is found after it, before the floor has passed it', () => {
  const floor = new Floor(settings);
  walks(floor, 50_000, [...ids(30), 99]);
  const after = walks(floor, 57_000, ids(15, 100));
  for (const start of after) expect(start).toBeLessThan(31);
  expect(walks(floor, 58_500, ids(20, 115)).at(-1)).toBeGreaterThan(99);
});

test('walks that fail do not count', () => {
  const floor = new Floor(settings);
  walks(floor, 50_000, [...ids(30), 99]);
  for (let now = 53_000; now < 57_000; now += 100) expect(floor.at(now)).toBeLessThan(31);
});

test('under a new lead it begins anew', () => {
  const floor = new Floor(settings);
  walks(floor, 50_000, ids(60));
  floor.reset();
  expect(floor.at(56_100)).toBe(0);
  floor.walked(56_101);
  expect(floor.at(56_200)).toBe(0);
});
