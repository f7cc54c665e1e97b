import type { Random } from '@tradewind/chassis/random.ts';

/** A whole number, both ends included. */
export function between(random: Random, least: number, most: number): number {
  return least + Math.floor(random.next() * (most - least + 1));
}

export function oneOf<T>(random: Random, all: readonly T[]): T {
  const chosen = all[Math.floor(random.next() * all.length)];
  if (chosen === undefined) throw new RangeError('nothing to choose from');
  return chosen;
}

export function chance(random: Random, probability: number): boolean {
  return random.next() < probability;
}

/** One of the names, by their weights. */
export function weighted<Name extends string>(random: Random, weights: Record<Name, number>): Name {
  const all = Object.entries(weights) as [Name, number][];
  let at = random.next() * all.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [name, weight] of all) {
    if (at < weight) return name;
    at -= weight;
  }
  return oneOf(random, all)[0];
}
