import { expect, test } from '@jest/globals';
import { longestGap } from './gaps.ts';

test('a gap counts from the last success before the fault to the first after it', () => {
  expect(longestGap([100, 200, 300, 5_000, 5_100], { from: 350, to: 6_000 })).toBe(4_700);
});

test('a gap that was over before the span does not count; one that no success ended counts until its end', () => {
  expect(longestGap([0, 5_000, 5_100, 5_200], { from: 5_050, to: 5_250 })).toBe(100);
  expect(longestGap([5_000, 5_100], { from: 5_050, to: 9_100 })).toBe(4_000);
  expect(longestGap([], { from: 0, to: 10 })).toBe(0);
});
