import { cpus } from 'node:os';
import { row, type Goal, type Row } from '../result.ts';
import { spread, type Better } from '../statistics.ts';
import type { Slice } from './slice.ts';

const FIGURES: { what: string; unit: string; better: Better; of: (slice: Slice) => number }[] = [
  { what: 'orders settled', unit: '1/s', better: 'higher', of: (each) => each.perSecond },
  { what: 'placed → settled, p50', unit: 'ms', better: 'lower', of: (each) => each.latency.p50 },
  { what: 'placed → settled, p95', unit: 'ms', better: 'lower', of: (each) => each.latency.p95 },
  { what: 'placed → settled, p99', unit: 'ms', better: 'lower', of: (each) => each.latency.p99 },
  { what: 'CPU per order', unit: 'ms', better: 'lower', of: (each) => each.nodeMs + each.serverMs },
  { what: 'of it Node', unit: 'ms', better: 'lower', of: (each) => each.nodeMs },
  { what: 'of it servers', unit: 'ms', better: 'lower', of: (each) => each.serverMs },
  { what: 'memory, all processes (PSS)', unit: 'MB', better: 'lower', of: (each) => each.megabytes },
];

export interface Sides { ours: Slice[]; peers: Map<string, Slice[]> }

/** A row a figure and peer. @param goals what ours should reach in orders settled, beside which peer */
export function rows({ ours, peers }: Sides, goals: Record<string, Goal>): Row[] {
  return FIGURES.flatMap(({ of, ...figure }, at) => [...peers].map(([name, slices]) => {
    const goal = at === 0 ? goals[name] : undefined;
    return row({ ...figure, ours: ours.map(of), peer: { name, values: slices.map(of) }, ...(goal && { goal }) });
  }));
}

/** What limited each side: a sentence each. */
export function limits({ ours, peers }: Sides): string {
  return [['Ours', ours] as const, ...peers].map(([name, slices]) => limit(name, slices)).join(' ');
}

function limit(name: string, slices: Slice[]): string {
  const middle = (of: (slice: Slice) => number) => spread(slices.map(of)).median;
  const [node, servers] = [middle((each) => each.nodeMs), middle((each) => each.serverMs)];
  const full = middle((each) => each.cores + each.loadCores) >= 0.85 * cpus().length;
  return `${name} used ${middle((each) => each.cores).toFixed(2)} cores (${Math.round((100 * node) / (node + servers))} % in Node), the load generator `
    + `${middle((each) => each.loadCores).toFixed(2)} of ${cpus().length}: ${full ? 'the processors are full, so what an order costs in CPU decides its rate'
      : 'the processors were not full, so it waited: for commits to reach the disk, or for other programs on the machine'}.`;
}
