import type { Batch } from '../workers/pool.ts';
import type { Played } from '../play.ts';
import type { FaultKind } from '../plan/faults.ts';

/** What many seeds come to. */
export class Summary {
  readonly #portCalls: number[] = [];
  readonly #orders: number[] = [];
  readonly #drained: number[] = [];
  readonly #duplicates: number[] = [];
  readonly #faults: number[] = [];
  readonly #byKind = new Map<FaultKind, number[]>();
  #simulatedMs = 0;
  #cpuMs = 0;
  #hash = 0;

  get seeds(): number {
    return this.#orders.length;
  }

  take({ played, cpuMs }: Batch): void {
    this.#cpuMs += cpuMs;
    for (const each of played) this.#add(each);
  }

  /** Lines for people. @param wallMs how long it all took. */
  lines({ wallMs, threads }: { wallMs: number; threads: number }): string[] {
    const calls = this.#portCalls.reduce((sum, each) => sum + each, 0);
    const kinds = [...this.#byKind].map(([kind, counts]) => ({ kind, seeds: counts.length, median: median(counts) })).sort((a, b) => b.seeds - a.seeds);
    return [
      `a seed (median): ${median(this.#orders)} orders accepted, ${count(median(this.#portCalls))} port calls, ${median(this.#faults)} faults, ${median(this.#duplicates)} duplicates delivered by the log`,
      `least of any:    ${Math.min(...this.#orders)} orders, ${count(Math.min(...this.#portCalls))} port calls, ${Math.min(...this.#faults)} faults`,
      `faults by kind, seeds they struck in (median there): ${kinds.map(({ kind, seeds, median: times }) => `${kind} ${count(seeds)} (${times})`).join(', ')}`,
      `at rest after the last fault: median ${seconds(median(this.#drained))}, longest ${seconds(Math.max(...this.#drained))} of virtual time`,
      `speed: ${(this.seeds / (wallMs / 1_000)).toFixed(1)} seeds/s on ${threads} threads, ${count(Math.round(calls / (this.#cpuMs / 1_000)))} port calls a CPU second, ` +
        `${Math.round(this.#simulatedMs / wallMs)} s simulated a second`,
      `trace of all: ${(this.#hash >>> 0).toString(16).padStart(8, '0')}`,
    ];
  }

  #add({ portCalls, orders, drainedMs, duplicates, faults, simulatedMs, hash }: Played): void {
    this.#portCalls.push(portCalls);
    this.#orders.push(orders);
    this.#drained.push(drainedMs);
    this.#duplicates.push(duplicates);
    this.#faults.push(Object.values(faults).reduce((sum, each) => sum + each, 0));
    for (const [kind, times] of Object.entries(faults) as [FaultKind, number][])
      this.#byKind.set(kind, [...this.#byKind.get(kind) ?? [], times]);
    this.#simulatedMs += simulatedMs;
    this.#hash ^= parseInt(hash.slice(0, 8), 16); // in whatever order they end
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
