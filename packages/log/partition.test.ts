import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { murmur2, partitionOf } from './partition.ts';

test("keys hash as Kafka's Java client hashes them", () => {
  const known: [string, number][] = [
    ['21', -973932308], ['foobar', -790332482], ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829], ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ];
  for (const [key, hash] of known) expect([key, murmur2(Buffer.from(key))]).toEqual([key, hash]);
});

test('any key has one partition, within the number there is', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 64 }), (key, partitions) => {
    const partition = partitionOf(key, partitions);
    expect(partition).toBe(partitionOf(key, partitions));
    expect(Number.isInteger(partition) && partition >= 0 && partition < partitions).toBe(true);
  }), { numRuns: 200 });
});

test('keys spread evenly over the partitions', () => {
  const counts = new Array<number>(8).fill(0);
  for (let n = 0; n < 8_000; n += 1) counts[partitionOf(`order-${n}`, 8)]! += 1;
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});
