import { expect, test } from '@jest/globals';
import { systemRandom, uuidV7Source } from './random.ts';

const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('ids are UUIDs of version 7 that carry the time', () => {
  const id = uuidV7Source(() => 0x0123_4567_89ab)();
  expect(id).toMatch(V7);
  expect(id.startsWith('01234567-89ab-7')).toBe(true);
});

test('ids made later sort later and never repeat, whatever the clock does', () => {
  let time = 1_000_000;
  const next = uuidV7Source(() => time);
  const made = Array.from({ length: 50_000 }, (_, n) => {
    if (n % 7_000 === 0) time += n % 14_000 ? 1 : -500;
    return next();
  });
  expect([...made].sort()).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
});

test("the system's own ids keep their order too", () => {
  const made = Array.from({ length: 2_000 }, () => systemRandom.id());
  expect(made.filter((id) => !V7.test(id))).toEqual([]);
  expect([...made].sort()).toEqual(made);
});
