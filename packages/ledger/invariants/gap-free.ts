import { Breaches, type Invariant } from '../invariant.ts';
import type { Streams } from '../streams.ts';

/** Versions of each stream are 1, 2, 3, …, and its last is the version that the stream itself claims. */
export function gapFree(streams: Streams): Invariant {
  return {
    name: 'streams-gap-free', kind: 'always', says: 'each stream holds its events without a gap, up to its version', on: {},
    findings() {
      const breaches = new Breaches();
      for (const { name, version, gap, declared, unknown } of streams.all()) {
        if (gap > 0) breaches.add(name, `version ${gap} does not follow on the one before it`);
        else if (declared !== version) breaches.add(name, declared < 0 ? `has events up to ${version}, but no stream` : `claims version ${declared}, but holds events up to ${version}`);
        if (unknown > 0) breaches.add(name, `version ${unknown} is of a type that no schema knows`);
      }
      return { breaches, judged: streams.size, of: 'streams', inFlight: 0 };
    },
  };
}
