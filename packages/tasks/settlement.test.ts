import { expect, test } from '@jest/globals';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import fc from 'fast-check';
import type { Verdict } from './port.ts';
import { rejected, settlementOf } from './settlement.ts';

const policy = { attempts: 3, delayMs: 100, factor: 2, maxDelayMs: 1_000 };
const settle = (verdict: Verdict, attempt: number, retries: number) => settlementOf(verdict, { attempt, retries }, policy, seededRandom(1));

test('a message whose every verdict is a counted retry dies at its last attempt, however many uncounted ones come between', () => {
  fc.assert(fc.property(fc.array(fc.boolean(), { maxLength: 30 }), (uncounted) => {
    let tries = { attempt: 1, retries: 0 };
    const said: string[] = [];
    for (const each of [...uncounted, false, false, false]) {
      const settlement = settle({ type: 'retry', reason: 'no', uncounted: each }, tries.attempt, tries.retries);
      said.push(settlement.type);
      if (settlement.type !== 'again') break;
      tries = settlement;
    }
    expect(said.at(-1)).toBe('dead');
    expect(tries.attempt).toBe(policy.attempts);
    expect([...uncounted, false, false, false].slice(0, said.length).filter((each) => !each)).toHaveLength(policy.attempts);
  }), { numRuns: 200 });
});

test('delays grow with the uncounted retries too: an outage is not hammered', () => {
  const delay = (retries: number) => {
    const settlement = settle({ type: 'retry', reason: 'down', uncounted: true }, 1, retries);
    return settlement.type === 'again' ? settlement.delayMs : undefined;
  };
  expect(delay(0)).toBeLessThanOrEqual(100);
  expect(delay(3)).toBeGreaterThanOrEqual(400);
  expect(delay(100)).toBeGreaterThanOrEqual(500);
});

test("the verdict's own delay is taken as it is, but none below zero", () => {
  expect(settle({ type: 'retry', reason: 'r', delayMs: 5_000 }, 1, 0)).toEqual({ type: 'again', delayMs: 5_000, attempt: 2, retries: 1, reason: 'r' });
  expect(settle({ type: 'retry', reason: 'r', delayMs: -5 }, 1, 0)).toMatchObject({ delayMs: 0 });
});

test('any reason can be stored: no NUL, no half pair, not too long', () => {
  fc.assert(fc.property(fc.array(fc.nat(0xffff), { maxLength: 50 }), (units) => {
    const settlement = settle({ type: 'dead', reason: `${String.fromCharCode(...units)}\0\ud800${'x'.repeat(5_000)}` }, 2, 1);
    return settlement.type === 'dead' && settlement.attempts === 2 && settlement.reason.length <= 2_000
      && !settlement.reason.includes('\0') && settlement.reason.isWellFormed();
  }), { numRuns: 100 });
});

test('whatever a handler throws has a reason', () => {
  expect(rejected(new RangeError('out of it'))).toEqual({ type: 'retry', reason: 'out of it' });
  expect(rejected(undefined)).toEqual({ type: 'retry', reason: 'undefined' });
});
