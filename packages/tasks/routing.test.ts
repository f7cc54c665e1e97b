import { expect, test } from '@jest/globals';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import fc from 'fast-check';
import { retryDelay, route, topicMatches } from './routing.ts';

const word = fc.constantFrom('a', 'b', 'order', '');
const words = fc.array(word, { maxLength: 6 }).filter((each) => each.join('.') !== '' || each.length === 0);
const patternWords = fc.array(fc.oneof(word, fc.constantFrom('*', '#')), { maxLength: 6 }).filter((each) => each.join('.') !== '' || each.length === 0);

/** The definition, word by word. */
function fits([part, ...parts]: string[], [next, ...rest]: string[]): boolean {
  if (part === undefined) return next === undefined;
  if (part === '#') return fits(parts, next === undefined ? [] : [next, ...rest]) || (next !== undefined && fits([part, ...parts], rest));
  return next !== undefined && (part === '*' || part === next) && fits(parts, rest);
}

test('a topic pattern fits as its words say, one by one', () => {
  fc.assert(fc.property(patternWords, words, (pattern, key) => {
    expect(topicMatches(pattern.join('.'), key.join('.'))).toBe(fits(pattern, key));
  }), { numRuns: 2_000 });
});

test.each([
  ['order.confirmed.*', 'order.confirmed.c-1', true],
  ['order.confirmed.*', 'order.confirmed', false],
  ['order.confirmed.*', 'order.confirmed.c-1.x', false],
  ['order.#', 'order', true],
  ['order.#', 'order.confirmed.c-1', true],
  ['#.c-1', 'c-1', true],
  ['#', '', true],
  ['*', '', false],
  ['*.*', '.', true],
  ['ord*', 'order', false],
])('%s fits %s: %s', (pattern, key, expected) => {
  expect(topicMatches(pattern, key)).toBe(expected);
});

test('a pattern of many # takes no longer than its words times those of the key', () => {
  const key = Array.from({ length: 200 }, () => 'a').join('.');
  expect(topicMatches(`${Array.from({ length: 200 }, () => '#.a').join('.')}.b`, key)).toBe(false);
});

test('each queue gets one copy, however many of its bindings fit', () => {
  const bindings = [{ queue: 'q', pattern: '#' }, { queue: 'r', pattern: 'a.*' }, { queue: 'q', pattern: 'a.b' }];
  expect(route('topic', bindings, 'a.b')).toEqual(['q', 'r']);
  expect(route('direct', bindings, 'a.b')).toEqual(['q']);
  expect(route('direct', bindings, 'a.c')).toEqual([]);
  expect(route('fanout', bindings, 'whatever')).toEqual(['q', 'r']);
});

test('delays grow by the factor up to the maximum, and keep between half and all of it', () => {
  const policy = fc.record({ attempts: fc.nat(20), delayMs: fc.integer({ min: 1, max: 1_000 }), factor: fc.integer({ min: 1, max: 4 }), maxDelayMs: fc.integer({ min: 1, max: 30_000 }) });
  fc.assert(fc.property(policy, fc.integer({ min: 1, max: 2_000 }), fc.nat(), (each, nth, seed) => {
    const full = Math.min(each.maxDelayMs, each.delayMs * each.factor ** (nth - 1));
    const delay = retryDelay(each, nth, seededRandom(seed));
    expect(delay).toBeGreaterThanOrEqual(full / 2);
    expect(delay).toBeLessThanOrEqual(full);
  }), { numRuns: 300 });
});

test('delays of messages that failed together spread', () => {
  const random = seededRandom(3);
  const delays = Array.from({ length: 100 }, () => Math.round(retryDelay({ attempts: 8, delayMs: 200, factor: 2, maxDelayMs: 30_000 }, 1, random)));
  expect(new Set(delays).size).toBeGreaterThan(40);
});
