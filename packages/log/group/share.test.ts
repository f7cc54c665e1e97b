import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { share } from './share.ts';
import { nameOf, type GroupView } from './store.ts';

const topics = ['orders', 'customers', 'payments'];
const view = fc.record({
  members: fc.uniqueArray(fc.record({ member: fc.uuid(), topics: fc.subarray(topics, { minLength: 1 }) }),
    { selector: (each) => each.member, minLength: 1, maxLength: 6 }),
  partitions: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 3 }),
}).map(({ members, partitions }): GroupView => ({
  members,
  claims: topics.flatMap((topic, n) => Array.from({ length: partitions[n] ?? 0 }, (_, partition) => ({ topic, partition, epoch: 0 }))),
}));

test('each partition falls to exactly one member that reads its topic, or to none if there is none', () => {
  fc.assert(fc.property(view, (group) => {
    for (const claim of group.claims) {
      const owners = group.members.filter(({ member }) => share(group, member).has(nameOf(claim)));
      const readers = group.members.filter((each) => each.topics.includes(claim.topic));
      expect(owners).toHaveLength(Math.min(1, readers.length));
      expect(readers).toEqual(expect.arrayContaining(owners));
    }
  }), { numRuns: 100 });
});

test('the readers of a topic differ by one partition of it at most', () => {
  fc.assert(fc.property(view, (group) => {
    for (const topic of topics) {
      const readers = group.members.filter((each) => each.topics.includes(topic));
      const counts = readers.map(({ member }) => [...share(group, member)].filter((name) => name.startsWith(`${topic}/`)).length);
      if (counts.length > 0) expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  }), { numRuns: 100 });
});

test('the order in which members are listed does not matter', () => {
  fc.assert(fc.property(view, (group) => {
    const turned = { ...group, members: [...group.members].reverse() };
    for (const { member } of group.members) expect(share(turned, member)).toEqual(share(group, member));
  }), { numRuns: 50 });
});
