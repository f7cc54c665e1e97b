import { Breaches, type Invariant } from '../invariant.ts';
import type { Streams } from '../streams.ts';

/** Versions of each stream are 1, 2, 3, …; an event that is gone from its end shows by the log, which still has it. */
export function gapFree(streams: Streams): Invariant {
  return {
    name: 'streams-gap-free', kind: 'always', says: 'each stream holds its events from the first on without a gap', on: {},
    findings() {
      const breaches = new Breaches();
      for (const { name, gap, unknown } of streams.all()) {
        if (gap > 0) breaches.add(name, `version ${gap} does not follow on the one before it`);
        if (unknown > 0) breaches.add(name, `version ${unknown} is of a type that no schema knows`);
      }
      return { breaches, judged: streams.size, of: 'streams', inFlight: 0 };
    },
  };
}
