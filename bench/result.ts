import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { ratio, spread, type Better, type Spread } from './statistics.ts';

export interface Row {
  what: string;
  unit: string;
  ours: Spread;
  peer: (Spread & { name: string }) | null;
  /** How many times better ours is; null without a peer. */
  ratio: number | null;
  /** As in `≥ 2×` or `≤ 100 ms`; null where none was set. */
  goal: string | null;
  holds: boolean | null;
}

/** What a benchmark found: the content of `results/NAME.json`. */
export interface Result {
  name: string;
  title: string;
  /** How it was measured: a paragraph. */
  method: string;
  machine: string;
  /** When it was measured: RFC 3339. */
  at: string;
  runs: number;
  rows: Row[];
  /** What limits it: a paragraph. */
  limits: string;
}

export type Goal = { ratio: number } | { atLeast: number } | { atMost: number };

export interface Measured {
  what: string;
  unit: string;
  better: Better;
  /** One value a run. */
  ours: number[];
  peer?: { name: string; values: number[] };
  goal?: Goal;
}

export function row({ what, unit, better, ours, peer, goal }: Measured): Row {
  const mine = spread(ours);
  const theirs = peer ? { name: peer.name, ...spread(peer.values) } : null;
  const times = theirs && ratio(mine, theirs, better);
  return {
    what, unit, ours: mine, peer: theirs, ratio: times,
    goal: goal ? inWords(goal, unit) : null,
    holds: goal ? reached(goal, mine.median, times ?? NaN) : null,
  };
}

function inWords(goal: Goal, unit: string): string {
  if ('ratio' in goal) return `≥ ${goal.ratio}×`;
  return 'atLeast' in goal ? `≥ ${goal.atLeast.toLocaleString('en')} ${unit}` : `≤ ${goal.atMost.toLocaleString('en')} ${unit}`;
}

function reached(goal: Goal, median: number, times: number): boolean {
  if ('ratio' in goal) return times >= goal.ratio;
  return 'atLeast' in goal ? median >= goal.atLeast : median <= goal.atMost;
}

const folder = path.join(import.meta.dirname, 'results');

export function write(result: Result): void {
  writeFileSync(path.join(folder, `${result.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

/** All results there are, by name. */
export function readAll(): Result[] {
  return readdirSync(folder).filter((name) => name.endsWith('.json')).sort()
    .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Result);
}

export function machine(): string {
  const [first] = cpus();
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}
