import { mkdirSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import type { Benchmark } from './benchmarks.ts';
import { row, type Row } from './result.ts';
import { slice, type Slice, type SliceOptions } from './embedded/slice.ts';
import { spread, type Better } from './statistics.ts';

const SIDES = { ours: path.join(import.meta.dirname, 'embedded/tradewind.ts'), peer: path.join(import.meta.dirname, 'dbos/main.ts') };
const WINDOW = 80;
const FULL = { runs: 3, products: 1_000, customers: 500, window: WINDOW, warmUpMs: 4_000, measureMs: 10_000 };
const SHORT = { runs: 1, products: 100, customers: 30, window: WINDOW, warmUpMs: 500, measureMs: 2_000 };

/** The order saga on the embedded platform, and the same saga written with DBOS, on the same PostgreSQL. */
export const embedded: Benchmark = async ({ short, say }) => {
  const { runs, ...size } = short ? SHORT : FULL;
  const folder = `/var/tmp/tradewind-bench-${process.pid}`;
  mkdirSync(folder, { mode: 0o755 });
  const found: Record<keyof typeof SIDES, Slice[]> = { ours: [], peer: [] };
  try {
    for (let run = 1; run <= runs; run += 1)
      for (const side of ['ours', 'peer'] as const) {
        const options: SliceOptions = { ...size, program: SIDES[side], folder: path.join(folder, `${side}-${run}`), seed: run };
        const measured = await slice(options);
        say(`  ${side} ${run}: ${inShort(measured)}`);
        found[side].push(measured);
      }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { title: 'The order saga in the embedded topology', method, runs, rows: rows(found.ours, found.peer), limits: limits(found.ours, found.peer) };
};

function inShort({ perSecond, latency, megabytes, nodeMs, postgresMs, cores, confirmed }: Slice): string {
  return `${perSecond.toFixed(1)}/s, p50 ${latency.p50} ms, p99 ${latency.p99} ms, ${megabytes.toFixed(0)} MB, CPU per order: Node ${nodeMs.toFixed(2)} ms, `
    + `PostgreSQL ${postgresMs.toFixed(2)} ms, ${cores.toFixed(2)} cores, ${(100 * confirmed).toFixed(0)} % confirmed`;
}

const FIGURES: { what: string; unit: string; better: Better; of: (slice: Slice) => number; goal?: { ratio: number } }[] = [
  { what: 'orders settled', unit: '1/s', better: 'higher', of: (each) => each.perSecond, goal: { ratio: 2 } },
  { what: 'placed → settled, p50', unit: 'ms', better: 'lower', of: (each) => each.latency.p50 },
  { what: 'placed → settled, p95', unit: 'ms', better: 'lower', of: (each) => each.latency.p95 },
  { what: 'placed → settled, p99', unit: 'ms', better: 'lower', of: (each) => each.latency.p99 },
  { what: 'CPU per order', unit: 'ms', better: 'lower', of: (each) => each.nodeMs + each.postgresMs },
  { what: 'of it Node', unit: 'ms', better: 'lower', of: (each) => each.nodeMs },
  { what: 'of it PostgreSQL', unit: 'ms', better: 'lower', of: (each) => each.postgresMs },
  { what: 'memory, all processes (PSS)', unit: 'MB', better: 'lower', of: (each) => each.megabytes },
];

function rows(ours: Slice[], peer: Slice[]): Row[] {
  return FIGURES.map(({ of, ...figure }) => row({ ...figure, ours: ours.map(of), peer: { name: 'DBOS', values: peer.map(of) } }));
}

const method = `The demo's workload (1,000 products, 500 customers, five to fifteen lines an order, one card in twenty-five declined, `
  + `no duplicates and no cancellations) over HTTP from a process of its own, closed loop: ${WINDOW} orders are unsettled at any time. `
  + 'Both sides start from an empty PostgreSQL with the same settings, take turns, and pay through the same simulated provider '
  + '(0–20 ms, its own durable book). Settled means: the saga has ended; latencies are of the order itself, by the times that each side '
  + 'keeps: placed until confirmed or cancelled. Ours is seven services that talk through a durable log '
  + 'and durable queues, with audit trail, read model and notifications; the peer is one service on one database '
  + '(bench/dbos/README.md). After each run the books of both are checked.';

function limits(ours: Slice[], peer: Slice[]): string {
  const middle = (slices: Slice[], of: (slice: Slice) => number) => spread(slices.map(of)).median;
  const side = (name: string, slices: Slice[]) => {
    const [node, postgres] = [middle(slices, (each) => each.nodeMs), middle(slices, (each) => each.postgresMs)];
    const used = middle(slices, (each) => each.cores + each.loadCores);
    const full = used >= 0.85 * cpus().length;
    return `${name} used ${middle(slices, (each) => each.cores).toFixed(2)} cores (${Math.round((100 * node) / (node + postgres))} % in Node), the load generator `
      + `${middle(slices, (each) => each.loadCores).toFixed(2)} of ${cpus().length}: ${full ? 'the processors are full, so what an order costs in CPU decides its rate'
        : 'the processors were not full, so it waited: for commits to reach the disk, or for other programs on the machine'}.`;
  };
  return `${side('Ours', ours)} ${side('DBOS', peer)}`;
}
