import type { Attempt } from './attempts.ts';
import { Load, type LoadOptions } from './load.ts';
import { Watch } from './watch.ts';

/** A load under way, and what its clients see of it: in this process or in another. */
export interface Play {
  readonly attempts: readonly Attempt[];
  /** Orders settled since it began, as last seen; and the instants at which there were more than before. */
  readonly settled: number;
  readonly grew: readonly number[];
  /** What went wrong that must not; the clients went on. */
  readonly oddities: readonly string[];
  /** How often requests were sent again, by what came of them before. */
  readonly resends: Readonly<Record<string, number>>;
  start(): Promise<void>;
  /** No further order; resolves when the last has its answer, or its client has given up. */
  stop(): Promise<void>;
}

/** Clients in this process. */
export function playHere(options: LoadOptions): Play {
  const load = new Load(options);
  const watch = new Watch(options);
  return {
    attempts: load.attempts, oddities: load.oddities, grew: watch.grew,
    get settled() { return watch.settled; },
    get resends() { return load.resends; },
    async start() {
      await watch.start();
      load.start();
    },
    async stop() {
      await load.stop();
      await watch.stop();
    },
  };
}

/** Orders attempted whose end no client has seen, and may still see. */
export function underWay({ attempts, settled }: Pick<Play, 'attempts' | 'settled'>): number {
  return attempts.filter(({ outcome }) => outcome === 'waiting' || outcome === 'acknowledged').length - settled;
}

export function acknowledgedOf({ attempts }: Pick<Play, 'attempts'>): string[] {
  return attempts.filter(({ outcome }) => outcome === 'acknowledged').map(({ orderId }) => orderId);
}
