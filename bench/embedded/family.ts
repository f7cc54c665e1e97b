import { readdirSync, readFileSync } from 'node:fs';

/** What a process and all its descendants have used, split into the process itself and the rest. */
export interface Usage { ownCpuMs: number; otherCpuMs: number; megabytes: number; processes: number }

const TICK_MS = 10;

/** From /proc. Of descendants that have ended, what their parent has waited for is counted. */
export function usageOf(pid: number): Usage {
  const parents = new Map(readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((name) => [Number(name), Number(stat(name)[1] ?? 0)]));
  const family = [...parents.keys()].filter((each) => descends(each, pid, parents));
  const usage: Usage = { ownCpuMs: 0, otherCpuMs: 0, megabytes: 0, processes: family.length };
  for (const each of family) {
    const [user, system, waitedUser, waitedSystem] = stat(String(each)).slice(11, 15).map((ticks) => Number(ticks) * TICK_MS);
    const own = (user ?? 0) + (system ?? 0);
    const waited = (waitedUser ?? 0) + (waitedSystem ?? 0);
    if (each === pid) usage.ownCpuMs += own;
    else usage.otherCpuMs += own + waited;
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

function descends(pid: number, from: number, parents: Map<number, number>): boolean {
  for (let at: number | undefined = pid; at; at = parents.get(at)) if (at === from) return true;
  return false;
}

function pss(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
