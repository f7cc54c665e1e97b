import { expect, test } from '@jest/globals';
import { fold, Refusal } from './decider.ts';

const counter = {
  initial: 0,
  evolve: (state: number, event: { by: number }) => state + event.by,
};

test('a state is the fold of its events from the beginning', () => {
  expect(fold(counter, [{ by: 2 }, { by: 3 }])).toBe(5);
  expect(fold(counter, [])).toBe(0);
});

test('folding goes on from a state as if it had begun at the beginning', () => {
  const events = [{ by: 2 }, { by: 3 }, { by: 5 }];
  expect(fold(counter, events.slice(1), fold(counter, events.slice(0, 1)))).toBe(fold(counter, events));
});

test('events are folded in their order', () => {
  const trail = { initial: '', evolve: (state: string, event: string) => state + event };
  expect(fold(trail, new Set(['a', 'b', 'c']))).toBe('abc');
});

test('a refusal carries its code beside the words', () => {
  const refusal = new Refusal('order-unknown', 'No order o-1.');
  expect({ code: refusal.code, message: refusal.message, name: refusal.name }).toEqual({ code: 'order-unknown', message: 'No order o-1.', name: 'Refusal' });
  expect(refusal).toBeInstanceOf(Error);
});
