import { readdirSync, readFileSync } from 'node:fs';

/**
 * Memory of this process and all its descendants, as the kernel shares it out (PSS), in MB.
 * Undefined where there is no /proc.
 */
export function memoryOfFamily(): { megabytes: number; processes: number } | undefined {
  try {
    const parents = new Map(readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => [Number(pid), parentOf(pid)]));
    const family = [...parents.keys()].filter((pid) => descends(pid, parents));
    const kilobytes = family.reduce((sum, pid) => sum + pss(pid), 0);
    return { megabytes: Math.round(kilobytes / 1024), processes: family.length };
  } catch {
    return undefined;
  }
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}

function descends(pid: number, parents: Map<number, number>): boolean {
  for (let at: number | undefined = pid; at; at = parents.get(at)) if (at === process.pid) return true;
  return false;
}

function pss(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
