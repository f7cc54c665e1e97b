import { expect, test } from '@jest/globals';
import { Pace } from './pace.ts';

function after(items: number, ms: number): Pace {
  const pace = new Pace();
  for (let n = 0; n < 30; n += 1) pace.took(items, ms);
  return pace;
}

test('where a commit is cheap, what is ready is split over what there is to send on', () => {
  expect(after(16, 0.7).groups(32, 0)).toBeGreaterThan(1);
  expect(after(16, 0.7).groups(8, 1)).toBeGreaterThan(0);
});

test('where a commit takes its time, what is ready waits for the one under way and goes as one group', () => {
  const slow = after(8, 3);
  expect(slow.groups(32, 0)).toBe(1);
  expect(slow.groups(8, 1)).toBe(0);
});

test('so many that they are worth another commit do not wait', () => {
  expect(after(8, 3).groups(100, 1)).toBe(1);
});

test('with nothing under way nobody waits, whatever commits take', () => {
  expect(after(1, 50).groups(1, 0)).toBe(1);
  expect(new Pace().groups(1, 0)).toBe(1);
});

test('a disk that becomes fast again is noticed', () => {
  const pace = after(8, 3);
  for (let n = 0; n < 30; n += 1) pace.took(8, 0.4);
  expect(pace.groups(32, 0)).toBeGreaterThan(1);
});
