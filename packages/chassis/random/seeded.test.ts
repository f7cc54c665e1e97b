import { expect, test } from '@jest/globals';
import { seededRandom } from './seeded.ts';

const draw = (seed: number | string) => {
  const random = seededRandom(seed);
  return Array.from({ length: 200 }, () => [random.next(), random.id()]);
};

test('the same seed draws the same, another seed another', () => {
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  expect(draw('7:orders')).not.toEqual(draw('7:payments'));
});

test('a seed draws the same today as on the day this was written', () => {
  const random = seededRandom(42);
  expect([random.next(), random.id(), random.next()]).toEqual([
    0.2466575260372288, '00000000-0001-7fa8-9843-13aa7de94b24', 0.5548497094876995,
  ]);
});

test('numbers lie in [0, 1) and spread evenly', () => {
  const random = seededRandom(1);
  const numbers = Array.from({ length: 50_000 }, () => random.next());
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  const tenths = new Array<number>(10).fill(0);
  for (const number of numbers) tenths[Math.floor(number * 10)]! += 1;
  for (const count of tenths) expect(Math.abs(count - 5_000)).toBeLessThan(350);
});

test('ids look like UUIDs, sort by when they were made, and differ between seeds', () => {
  const [one, other] = [seededRandom(1), seededRandom(2)];
  const made = Array.from({ length: 1_000 }, () => one.id());
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(made.filter((id) => !uuid.test(id))).toEqual([]);
  expect([...made].sort()).toEqual(made);
  expect(made).not.toContain(other.id());
});
