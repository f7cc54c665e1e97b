import path from 'node:path';
import type { Benchmark } from './benchmarks.ts';
import { limits, rows, type Sides } from './embedded/figures.ts';
import { PEERS } from './embedded/peers.ts';
import { inTurns } from './embedded/turns.ts';

const OURS = 'Tradewind';
const PROGRAM = path.join(import.meta.dirname, 'embedded/tradewind.ts');
const WINDOW = 80;
const FULL = { runs: 3, products: 1_000, customers: 500, window: WINDOW, warmUpMs: 4_000, measureMs: 10_000 };
const SHORT = { runs: 1, products: 100, customers: 30, window: WINDOW, warmUpMs: 500, measureMs: 2_000 };

/** The order saga on the embedded platform, and the same saga under engines that others made. */
export const embedded: Benchmark = async ({ short, say }) => {
  const options = short ? SHORT : FULL;
  const { [OURS]: ours = [], ...peers } = Object.fromEntries(await inTurns({ ...options, programs: { [OURS]: PROGRAM, ...PEERS }, say }));
  const sides: Sides = { ours, peers: new Map(Object.entries(peers)) };
  return {
    title: 'The order saga in the embedded topology', method, runs: options.runs, limits: limits(sides),
    rows: rows(sides, { DBOS: { ratio: 2 } }),
  };
};

const method = `The demo's workload (1,000 products, 500 customers, five to fifteen lines an order, one card in twenty-five declined, `
  + `no duplicates and no cancellations) over HTTP from a process of its own, closed loop: ${WINDOW} orders are unsettled at any time. `
  + 'All sides start from an empty PostgreSQL with the same settings, take turns, and pay through the same simulated provider '
  + '(0–20 ms, its own durable book). Settled means: the saga has ended; latencies are of the order itself, by the times that each side '
  + 'keeps: placed until confirmed or cancelled. Ours is seven services that talk through a durable log '
  + 'and durable queues, with audit trail, read model and notifications; each peer is one service (bench/shop/README.md). '
  + 'DBOS and Restate run the same saga on the same tables of one PostgreSQL, where DBOS keeps its checkpoints too and Restate has a server '
  + 'of its own for them; “Restate, objects” has no tables, and asks a virtual object of each customer and product. '
  + 'Every side flushes to the disk before it goes on. After each run the books of all are checked.';
