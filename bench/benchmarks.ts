import { brokers } from './brokers.ts';
import { compose } from './compose.ts';
import { embedded } from './embedded.ts';
import { eventStore } from './event-store.ts';
import type { Result } from './result.ts';

export interface BenchmarkOptions {
  /** Seconds a side, to see that it works; its figures mean little. */
  short: boolean;
  say(line: string): void;
}

export type Benchmark = (options: BenchmarkOptions) => Promise<Omit<Result, 'name' | 'machine' | 'at'>>;

/** By the name that `ONLY=` takes. */
export const benchmarks: Record<string, Benchmark> = { brokers, compose, embedded, 'event-store': eventStore };
