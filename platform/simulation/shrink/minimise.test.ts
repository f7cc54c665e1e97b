import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { minimise } from './minimise.ts';

test('what is left fails, and nothing of it can be spared', async () => {
  await fc.assert(fc.asyncProperty(fc.uniqueArray(fc.nat(60), { maxLength: 40 }), fc.uniqueArray(fc.nat(60), { maxLength: 4 }), async (items, guilty) => {
    const fails = async (part: number[]) => guilty.every((each) => part.includes(each) || !items.includes(each));
    expect(await minimise(items, fails)).toEqual(items.filter((each) => guilty.includes(each)));
  }));
});

test('a failure that needs nothing is made of nothing', async () => {
  expect(await minimise([1, 2, 3], async () => true)).toEqual([]);
});
