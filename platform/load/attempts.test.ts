import { expect, test } from '@jest/globals';
import { countsOf, foundAsText, foundFrom, type Attempt } from './attempts.ts';

const attempt = (orderId: string, outcome: Attempt['outcome']): Attempt => ({ orderId, at: 0, outcome });
const once = (...ids: string[]) => new Map(ids.map((id) => [id, 1]));

test('each attempt is counted by what its client knows, and held against what is there', () => {
  const attempts = [
    attempt('kept', 'acknowledged'), attempt('gone', 'acknowledged'), attempt('no', 'refused'), attempt('perhaps', 'unknown'), attempt('never', 'unknown'),
  ];
  expect(countsOf(attempts, { placed: once('kept', 'perhaps', 'stranger'), charged: once('kept') })).toEqual({
    attempted: 5, acknowledged: 2, refused: 1, unknown: 2, lost: 1, unexpected: 1, twice: 0, found: 1,
  });
});

test('an order that was refused and is there all the same is unexpected; placed or charged again is twice', () => {
  const placed = new Map([['no', 1], ['more', 2]]);
  expect(countsOf([attempt('no', 'refused'), attempt('more', 'acknowledged')], { placed, charged: new Map([['more', 3]]) }))
    .toMatchObject({ unexpected: 1, twice: 3 });
});

test('what was found is read in another process as it was', () => {
  const found = { placed: new Map([['a', 1]]), charged: new Map([['a', 2], ['b', 1]]) };
  expect(foundFrom(foundAsText(found))).toEqual(found);
});
