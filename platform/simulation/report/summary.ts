import type { Answer } from '../system/worker.ts';
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

  take({ played, cpuMs }: Answer): void {
    this.#cpuMs += cpuMs;
    this.#add(played);
  }

  /** Lines for people. @param wallMs how long it all took. */
  lines({ wallMs, threads }: { wallMs: number; threads: number }): string[] {
    const calls = this.#portCalls.reduce((sum, each) => sum + each, 0);
    return [
      'of a seed               median   least',
      ...[['orders accepted', this.#orders], ['port calls', this.#portCalls], ['faults that struck', this.#faults], ['duplicates in the log', this.#duplicates]]
        .map(([name, values]) => `  ${String(name).padEnd(21)} ${count(median(values as number[])).padStart(7)} ${count(least(values as number[])).padStart(7)}`),
      'faults by kind           seeds   times in each (median)',
      ...[...this.#byKind].sort((a, b) => b[1].length - a[1].length)
        .map(([kind, times]) => `  ${kind.padEnd(21)} ${count(times.length).padStart(7)} ${count(median(times)).padStart(7)}`),
      `at rest after the last fault: median ${seconds(median(this.#drained))}, longest ${seconds(-least(this.#drained.map((each) => -each)))} of virtual time`,
      `speed: ${(this.seeds / (wallMs / 1_000)).toFixed(1)} seeds/s on ${threads} threads, ${count(Math.round(calls / (this.#cpuMs / 1_000)))} port calls a CPU second, ` +
        `simulated time is ${Math.round(this.#simulatedMs / wallMs)} times the real`,
      `hash of all traces: ${(this.#hash >>> 0).toString(16).padStart(8, '0')} (the same seeds of the same sources give the same)`,
    ];
  }

  #add({ portCalls, orders, drainedMs, duplicates, faults, simulatedMs, hash }: Played): void {
    this.#portCalls.push(portCalls);
    this.#orders.push(orders);
    this.#drained.push(drainedMs);
    this.#duplicates.push(duplicates);
    this.#faults.push(Object.values(faults).reduce((sum, each) => sum + each, 0));
    for (const [kind, times] of Object.entries(faults) as [FaultKind, number][]) {
      const known = this.#byKind.get(kind);
      if (known) known.push(times);
      else this.#byKind.set(kind, [times]);
    }
    this.#simulatedMs += simulatedMs;
    this.#hash ^= parseInt(hash.slice(0, 8), 16); // in whatever order they end
  }
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
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
