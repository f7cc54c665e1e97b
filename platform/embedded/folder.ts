import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { alive } from './postgres/pid-file.ts';
import { writeWhole } from './write-whole.ts';

/** A data folder held by this process until it ends. */
export interface Claim {
  /** Absolute. */
  folder: string;
  /** Tells other programs (the command line) how to reach the platform. */
  announce(platform: Announcement): void;
  release(): void;
}

/** How to reach what a platform keeps: the connection string of each database by its name, log and work queue. */
export type Reach =
  /** The database `brokers` is both. */
  | { topology: 'embedded'; databases: Record<string, string> }
  /** Servers with users: one for operators, and one that only reads, as do those of the databases. */
  | { topology: 'compose' | 'environment'; databases: Record<string, string>; operator: BrokerAccess; ledger: BrokerAccess };

/** A user of Kafka and RabbitMQ. */
export interface BrokerAccess {
  /** Certificate of the authority that signed the servers' (PEM file). */
  caFile: string;
  kafka: { brokers: string[]; username: string; password: string; /** SASL; default `plain`. */ mechanism?: 'plain' | 'scram-sha-512' };
  /** `url` with user and password; `management` is the origin of the API. `caFile`: where the authority is another. */
  rabbitmq: { url: string; management: string; caFile?: string };
}

/** What a running platform tells other programs. `gateway` is its origin, as `http://127.0.0.1:8080`. */
export type Announcement = Reach & { pid: number; gateway: string };

/** The folder is in use; the message says by which process. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

/**
 * Claims a data folder, creating it when missing. What a dead platform left behind is cleared.
 * @throws FolderInUse while another live platform has it.
 */
export function claim(wanted: string): Claim {
  const folder = path.resolve(wanted);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const lock = path.join(folder, 'platform.lock');
  const mine = path.join(folder, `platform.lock.${process.pid}`);
  writeFileSync(mine, holderLine(process.pid));
  try {
    take(lock, mine, folder);
  } finally {
    rmSync(mine, { force: true });
  }
  const announced = path.join(folder, 'platform.json');
  rmSync(announced, { force: true });
  return {
    folder,
    announce: (platform) => writeWhole(announced, `${JSON.stringify(platform, null, 2)}\n`, 0o600),
    release() {
      rmSync(announced, { force: true });
      rmSync(lock, { force: true });
    },
  };
}

/** A link is made or is not: of two platforms that start at once, one gets it. */
function take(lock: string, mine: string, folder: string): void {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      linkSync(mine, lock);
      return;
    } catch {
      const holder = readLock(lock);
      if (holder && stillThere(holder))
        throw new FolderInUse(`a platform (pid ${holder.pid}) is running on ${folder}; stop it, or choose another folder with DATA=`);
      if (holder) clear(lock, holder.line, `${mine}.stale`);
    }
  }
  throw new FolderInUse(`another platform is starting on ${folder}`);
}

/** Moves a dead holder's lock away; what turns out to be somebody's new lock is put back. */
function clear(lock: string, stale: string, aside: string): void {
  try {
    renameSync(lock, aside);
    if (readFileSync(aside, 'utf8') !== stale) linkSync(aside, lock);
  } catch {
    return; // somebody else was faster; the next attempt sees what is there
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Pid and start time: a pid that was given to another process since is not the holder. */
function holderLine(pid: number): string {
  return `${pid} ${startTime(pid)}`;
}

function readLock(lock: string): { pid: number; line: string } | undefined {
  try {
    const line = readFileSync(lock, 'utf8');
    return { pid: Number(line.split(' ')[0]), line };
  } catch {
    return undefined;
  }
}

function stillThere({ pid, line }: { pid: number; line: string }): boolean {
  return pid > 0 && alive(pid) && holderLine(pid) === line;
}

/** Clock ticks since boot, from /proc; empty on systems without it, where the pid alone must do. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
