import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const STOP_WITHIN_MS = 20_000;

/** Whether a process is there and not a zombie. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true; // no /proc on this system: signal 0 is all there is
  }
}

/** Pid in the first line of `postmaster.pid`, if the file is there and its process is a server of this folder. */
export function orphanOf(folder: string): number | undefined {
  const file = path.join(folder, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const [pid, dataFolder] = readFileSync(file, 'utf8').split('\n');
  return Number(pid) > 0 && dataFolder === folder && alive(Number(pid)) && serves(Number(pid), folder) ? Number(pid) : undefined;
}

/** A pid file outlives its server: the number may be another server's by now, of another folder. */
function serves(pid: number, folder: string): boolean {
  try {
    const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return program.includes('postgres') && args.includes(folder);
  } catch {
    return true;
  }
}

/**
 * Makes the folder free for a new server: stops one that an earlier run left behind, clears a pid file
 * whose process is dead, a zombie, or something else by now.
 * @throws Error when an orphan does not stop.
 */
export async function clearOrphan(folder: string, say: (line: string) => void): Promise<void> {
  const pid = orphanOf(folder);
  if (pid !== undefined) {
    say(`stopping the PostgreSQL (pid ${pid}) that an earlier run left on ${folder}`);
    process.kill(pid, 'SIGINT');
    for (let waited = 0; alive(pid); waited += 50) {
      if (waited >= STOP_WITHIN_MS) throw new Error(`PostgreSQL (pid ${pid}) on ${folder} does not stop`);
      if (waited === STOP_WITHIN_MS / 2) process.kill(pid, 'SIGQUIT');
      await sleep(50);
    }
  }
  rmSync(path.join(folder, 'postmaster.pid'), { force: true });
}
