import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hashOf } from './hash.ts';
import { digestOf, sumOf } from './lines-digest.ts';

test('fields hash alike in any order, other values do not', () => {
  expect(hashOf({ a: 1, b: [true, null, 'x'] })).toBe(hashOf({ b: [true, null, 'x'], a: 1 }));
  const others = [{ a: 1 }, { a: 2 }, { a: '1' }, { b: 1 }, { a: [1] }, { a: { a: 1 } }, { a: 1, b: 2 }, { a: 2, b: 1 }, { a: 9_000_000_000 }, {}, null, [1, 2], [2, 1]];
  expect(new Set(others.map((each) => hashOf(each))).size).toBe(others.length);
});

test('JSON that came over the wire hashes as before', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const wire = JSON.parse(JSON.stringify(value)) as unknown;
    expect(hashOf(wire)).toBe(hashOf(value));
  }), { numRuns: 100 });
});

const lines = fc.array(fc.record({ productId: fc.string({ minLength: 1, maxLength: 12 }), quantity: fc.integer({ min: 1, max: 10_000 }) }), { maxLength: 15 });

test('digests do not depend on the order of lines, and add up', () => {
  fc.assert(fc.property(lines, lines, (some, more) => {
    expect(digestOf([...more, ...some])).toBe(sumOf(digestOf(some), digestOf(more)));
    expect(digestOf([...some].reverse())).toBe(digestOf(some));
    expect(Number.isSafeInteger(digestOf(some))).toBe(true);
  }), { numRuns: 100 });
});

test('one unit more, or of another product, is another digest', () => {
  fc.assert(fc.property(lines, fc.string({ minLength: 1, maxLength: 12 }), (some, productId) => {
    expect(digestOf([...some, { productId, quantity: 1 }])).not.toBe(digestOf(some));
    expect(digestOf([{ productId, quantity: 1 }])).not.toBe(digestOf([{ productId: `${productId}x`, quantity: 1 }]));
  }), { numRuns: 100 });
});
