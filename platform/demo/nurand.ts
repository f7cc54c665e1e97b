import type { Random } from '@tradewind/chassis/random.ts';

/** A whole number from `low` to `high`, both included, all equally likely. */
export function uniform(random: Random, low: number, high: number): number {
  return low + Math.floor(random.next() * (high - low + 1));
}

/**
 * TPC-C's non-uniform random (clause 2.1.6): some values are much more likely, as some products are.
 * @param a a power of two less one, below the size of the range; `c` is the run's constant.
 */
export function nurand(random: Random, range: { a: number; c: number; low: number; high: number }): number {
  const { a, c, low, high } = range;
  return (((uniform(random, 0, a) | uniform(random, low, high)) + c) % (high - low + 1)) + low;
}
