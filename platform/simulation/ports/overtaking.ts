import type { Random } from '@tradewind/chassis/random.ts';

/** An order of `keys`, by index, in which those of different keys overtake each other, and those of one never do. */
export function overtaking(keys: string[], random: Random): number[] {
  const lanes = [...Map.groupBy(keys.keys(), (at) => keys[at] ?? '').values()];
  const order: number[] = [];
  while (lanes.length > 0) {
    const at = Math.floor(random.next() * lanes.length);
    const next = lanes[at]?.shift();
    if (next === undefined) lanes.splice(at, 1);
    else order.push(next);
  }
  return order;
}
