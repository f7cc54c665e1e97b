import type { Random } from '@tradewind/chassis/random.ts';
import { uniform } from '@tradewind/demo/nurand.ts';
import { howNames, type How } from './faults.ts';

/** A fault to come. */
export interface Planned {
  victims: string[];
  how: How;
  /** How long it stands still, where it does. */
  ms: number;
  /** Until the next one; undefined: until all is as usual. */
  pauseMs: number | undefined;
}

const LONGEST_STOP_MS = 12_000;
const LONGEST_PAUSE_MS = 8_000;
/** Of so many faults, one strikes two at once, and after one all is waited for. */
const PAIRS = 4;
const RESTS = 5;

/** Faults in an order that chance decides; the same chance, the same faults. @param names of what can be struck. */
export function planFaults(random: Random, names: string[], count: number): Planned[] {
  const one = <Item>(of: readonly Item[]): Item => of[uniform(random, 0, of.length - 1)] as Item;
  return Array.from({ length: count }, (_, at) => {
    const first = one(names);
    const second = uniform(random, 1, PAIRS) === 1 ? one(names.filter((name) => name !== first)) : undefined;
    return {
      victims: second === undefined ? [first] : [first, second], how: one(howNames), ms: uniform(random, 1_000, LONGEST_STOP_MS),
      pauseMs: (at + 1) % RESTS === 0 ? undefined : uniform(random, 0, LONGEST_PAUSE_MS),
    };
  });
}
