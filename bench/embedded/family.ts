import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** What some processes and all their descendants have used, split into those that run Node and the rest. */
export interface Usage { nodeCpuMs: number; otherCpuMs: number; megabytes: number; processes: number }

const TICK_MS = 10;

/** From /proc. Of descendants that have ended, what their parent has waited for is counted. @param roots process ids */
export function usageOf(roots: number[]): Usage {
  const parents = new Map(readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((name) => [Number(name), Number(stat(name)[1] ?? 0)]));
  const family = [...parents.keys()].filter((each) => descends(each, roots, parents));
  const usage: Usage = { nodeCpuMs: 0, otherCpuMs: 0, megabytes: 0, processes: family.length };
  for (const each of family) {
    const [user, system, waitedUser, waitedSystem] = stat(String(each)).slice(11, 15).map((ticks) => Number(ticks) * TICK_MS);
    const own = (user ?? 0) + (system ?? 0);
    usage.otherCpuMs += (waitedUser ?? 0) + (waitedSystem ?? 0);
    if (runsNode(each)) usage.nodeCpuMs += own;
    else usage.otherCpuMs += own;
    usage.megabytes += pss(each);
  }
  return usage;
}

/** The fields after the name: state, parent, … */
function stat(pid: string): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function descends(pid: number, roots: number[], parents: Map<number, number>): boolean {
  for (let at: number | undefined = pid; at; at = parents.get(at)) if (roots.includes(at)) return true;
  return false;
}

/** What belongs to another user cannot be read, and is none of ours. */
function runsNode(pid: number): boolean {
  try {
    return path.basename(readlinkSync(`/proc/${pid}/exe`)) === 'node';
  } catch {
    return false;
  }
}

function pss(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
