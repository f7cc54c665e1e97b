import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nameOf, type PartitionOf } from '../group/store.ts';
import { assign, type Reader } from './assign.ts';
import { decodeAssignment, decodeInterest, encodeAssignment, encodeInterest } from './consumer-protocol.ts';

const topics = ['orders', 'customers', 'payments'];
const group = fc.record({
  members: fc.uniqueArray(fc.record({ member: fc.uuid(), topics: fc.subarray(topics, { minLength: 1 }) }), { selector: (each) => each.member, minLength: 1, maxLength: 6 }),
  partitions: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 3 }),
}).map(({ members, partitions }) => ({ members, partitions: new Map(topics.map((topic, n) => [topic, partitions[n] ?? 1])) }));

/** As often as the group shares out anew, until no member has to give anything up. */
function settle(readers: Reader[], partitions: Map<string, number>): Reader[] {
  for (let round = 0; round < 3; round += 1) {
    const assigned = assign(readers, partitions);
    for (const reader of readers) {
      const mine = assigned.get(reader.member) ?? [];
      for (const each of mine) expect(readers.some((other) => other !== reader && other.owned.some((own) => nameOf(own) === nameOf(each)))).toBe(false);
    }
    readers = readers.map((reader) => ({ ...reader, owned: assigned.get(reader.member) ?? [] }));
  }
  return readers;
}

function expectEven(readers: Reader[], partitions: Map<string, number>): void {
  for (const [topic, count] of partitions) {
    const among = readers.filter((each) => each.topics.includes(topic));
    const counts = among.map(({ owned }) => owned.filter((each) => each.topic === topic).length);
    expect(counts.reduce((sum, each) => sum + each, 0)).toBe(among.length > 0 ? count : 0);
    if (counts.length > 0) expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  }
}

test('each partition falls to one member that reads its topic, evenly, and never to two at the same time while members come and go', () => {
  fc.assert(fc.property(group, fc.array(fc.nat(5), { maxLength: 5 }), ({ members, partitions }, leaving) => {
    let readers: Reader[] = [];
    for (const member of members) {
      readers = settle([...readers, { ...member, owned: [] }], partitions);
      expectEven(readers, partitions);
    }
    for (const at of leaving) {
      if (readers.length > 1) readers = readers.filter((_, n) => n !== at % readers.length);
      readers = settle(readers, partitions);
      expectEven(readers, partitions);
    }
  }), { numRuns: 100 });
});

test('no partition moves that need not', () => {
  fc.assert(fc.property(group, ({ members, partitions }) => {
    const readers = settle(members.map((each) => ({ ...each, owned: [] })), partitions);
    const again = assign(readers, partitions);
    for (const { member, owned } of readers) expect(new Set(again.get(member)?.map(nameOf))).toEqual(new Set(owned.map(nameOf)));
  }), { numRuns: 100 });
  const partitions = new Map([['orders', 6]]);
  const of = (...numbers: number[]): PartitionOf[] => numbers.map((partition) => ({ topic: 'orders', partition }));
  const two = settle([{ member: 'a', topics: ['orders'], owned: of(0, 1, 2) }, { member: 'b', topics: ['orders'], owned: of(3, 4, 5) }, { member: 'c', topics: ['orders'], owned: [] }], partitions);
  expect(two.map(({ owned }) => owned.map(({ partition }) => partition))).toEqual([[0, 1], [3, 4], [2, 5]]);
});

test('what members tell each other comes back as it was', () => {
  const partitions = fc.uniqueArray(fc.record({ topic: fc.constantFrom(...topics), partition: fc.nat(1_000) }), { selector: nameOf });
  fc.assert(fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 40 })), partitions, (of, owned) => {
    const interest = decodeInterest(encodeInterest({ topics: of, owned }));
    expect([interest.topics, new Set(interest.owned.map(nameOf))]).toEqual([of, new Set(owned.map(nameOf))]);
    expect(new Set(decodeAssignment(encodeAssignment(owned)).map(nameOf))).toEqual(new Set(owned.map(nameOf)));
  }), { numRuns: 100 });
  expect(decodeAssignment(Buffer.alloc(0))).toEqual([]);
});
