import { expect, test } from '@jest/globals';
import { arbitraryOf } from '@tradewind/events/arbitrary.ts';
import { facts, type Fact, type FactName } from '@tradewind/events/facts/catalogue.ts';
import fc from 'fast-check';
import { strandOf } from './strand.ts';
import { summary } from './summary.ts';

const concerning = (Object.keys(facts) as FactName[]).filter((name) => strandOf[name] !== 'none');

test.each(concerning)('%s has words of its own, whatever is in it, that any store can hold', (name) => {
  fc.assert(fc.property(arbitraryOf(facts[name].schema), (data) => {
    const text = summary({ type: name, data } as Fact);
    expect(text).not.toBe(name);
    expect(text).not.toMatch(/undefined|\[object|\0/);
    expect(text.isWellFormed()).toBe(true);
  }), { numRuns: 20 });
});
