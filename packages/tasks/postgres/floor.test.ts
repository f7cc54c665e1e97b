import { expect, test } from '@jest/globals';
import { Floor } from './floor.ts';

test('it follows what was taken, late enough for publishers that commit a little late', () => {
  const floor = new Floor();
  expect(floor.at(10_000)).toBe(0);
  floor.looked(10_001, 500);
  expect(floor.at(10_200)).toBe(0);
  floor.looked(10_201, 900);
  expect(floor.at(10_260)).toBe(0);
  floor.looked(10_261, 900);
  expect(floor.at(10_520)).toBe(900);
  floor.looked(10_521, 1_200);
  expect(floor.at(10_600)).toBe(900);
});

test('each second it looks from the start, for those that commit later still', () => {
  const floor = new Floor();
  const asked = Array.from({ length: 30 }, (_, n) => {
    const now = 10_000 + n * 100;
    const from = floor.at(now);
    floor.looked(now + 1, 1_000);
    return from;
  });
  expect(asked.slice(10, 12)).toEqual([1_000, 0]);
  expect(asked.slice(12, 22)).toEqual(Array.from({ length: 10 }, () => 1_000));
  expect(asked[22]).toBe(0);
});

test('a look that takes long, over what a transaction keeps, comes so much the more seldom', () => {
  const floor = new Floor();
  floor.at(0);
  floor.looked(1, 7);
  floor.at(600);
  floor.looked(600, 7);
  floor.at(900);
  floor.looked(900, 7);
  expect(floor.at(1_300)).toBe(0);
  floor.looked(1_800, 7);
  expect(floor.at(11_000)).toBe(7);
  expect(floor.at(11_800)).toBe(0);
});

test('a look whose end was never told is made again', () => {
  const floor = new Floor();
  floor.looked(0, 50);
  expect(floor.at(5_000)).toBe(0);
  expect(floor.at(5_500)).toBe(0);
  floor.looked(5_501, 60);
  expect(floor.at(5_800)).toBe(50);
});
