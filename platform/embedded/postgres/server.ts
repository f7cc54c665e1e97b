import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, closeSync, existsSync, globSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePorts } from '../port.ts';
import { account, binaries, type Account, type Binaries } from './binaries.ts';
import { clearOrphan } from './pid-file.ts';

const READY_WITHIN_MS = 60_000;
const LAUNCH_AGAIN_WITHIN_MS = 10_000;
const USER = 'tradewind';
/** Of a socket's path, in bytes, on the systems that allow least. */
const LONGEST_SOCKET_PATH = 103;

export interface PostgresServer {
  pid: number;
  port: number;
  /** Connection string of one of its databases. */
  url(database: string): string;
  /** Creates what is missing. */
  createDatabases(names: string[]): Promise<void>;
  /** Resolves, with what happened, when the server ends without having been told to. */
  died: Promise<string>;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Data folder; created and initialised when missing. */
  folder: string;
  /** 0, which is the default, picks a free one. */
  port?: number;
  settings?: Record<string, string>;
  say: (line: string) => void;
}

/** What the embedded server is run with: small, and as durable as any. */
const SETTINGS: Record<string, string> = {
  shared_buffers: '32MB', max_connections: '100',
  fsync: 'on', synchronous_commit: 'on', wal_compression: 'on', max_wal_size: '512MB',
  checkpoint_timeout: '15min', jit: 'off', autovacuum_naptime: '15s', log_min_messages: 'fatal',
};

/** Backends keep memory that they will need again at once (glibc; elsewhere this means nothing): a sixth of their CPU when they handle much JSON. */
const KEEP_MEMORY = { MALLOC_TOP_PAD_: '1048576', MALLOC_TRIM_THRESHOLD_: '33554432', MALLOC_MMAP_THRESHOLD_: '33554432' };

/** Starts a server of our own on `folder`, taking the place of one that was left behind. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const folder = path.resolve(options.folder);
  const who = account();
  const programs = await binaries(who, options.say);
  await clearOrphan(folder, options.say);
  await initialise(folder, programs, who);
  const port = options.port || (await freePorts(1))[0] || 0;
  const door = doorOf(folder, port);
  const settings = Object.entries({ ...SETTINGS, ...door.settings, ...options.settings }).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const { url } = door;
  const launch = () => spawnServer(programs.postgres, ['-D', folder, '-p', String(port), ...settings], who, folder);
  const child = await untilStarted(launch, url('postgres'), folder);
  let stopping = false;
  const exited = once(child, 'exit');
  const died = exited.then(([code, signal]) => stopping ? new Promise<string>(() => undefined) : `exit ${signal ?? code}`);
  return {
    pid: child.pid ?? 0, port, url, died,
    createDatabases: (names) => createDatabases(url('postgres'), names),
    async stop() {
      stopping = true;
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
      await exited;
    },
  };
}

/**
 * How the server is reached: by a socket in its data folder, which only its own account and root can enter, and which takes
 * a fifth less CPU than loopback; by loopback where the path is too long for a socket.
 */
function doorOf(folder: string, port: number): { settings: Record<string, string>; url: (database: string) => string } {
  if (Buffer.byteLength(path.join(folder, `.s.PGSQL.${port}.lock`)) > LONGEST_SOCKET_PATH)
    return {
      settings: { listen_addresses: '127.0.0.1', unix_socket_directories: '' },
      url: (database) => `postgres://${USER}@127.0.0.1:${port}/${database}`,
    };
  for (const stale of globSync('.s.PGSQL.*', { cwd: folder })) rmSync(path.join(folder, stale), { force: true });
  return {
    settings: { listen_addresses: '', unix_socket_directories: folder },
    url: (database) => `postgres://${USER}@localhost:${port}/${database}?host=${encodeURIComponent(folder)}`,
  };
}

/** Made beside its place and moved there whole: one that was interrupted leaves nothing that looks like a data folder. */
async function initialise(folder: string, { initdb }: Binaries, who: Account | undefined): Promise<void> {
  if (existsSync(path.join(folder, 'PG_VERSION'))) return;
  const unfinished = `${folder}.unfinished-`;
  for (const stale of globSync(`${path.basename(unfinished)}*`, { cwd: path.dirname(folder) }))
    rmSync(path.join(path.dirname(folder), stale), { recursive: true, force: true });
  const fresh = `${unfinished}${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  if (who) chownSync(fresh, who.uid, who.gid);
  const child = spawn(initdb, [`--pgdata=${fresh}`, '--auth=trust', `--username=${USER}`, '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...who, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => { complaint += chunk.toString(); });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`initdb failed on ${folder}: ${complaint.trim()}`);
  renameSync(fresh, folder);
}

/** In a process group of its own: a Ctrl-C at the terminal is for us, who then stop it when nobody needs it any more. */
function spawnServer(program: string, args: string[], who: Account | undefined, folder: string): ChildProcess {
  const log = openSync(`${folder}.log`, 'a');
  const child = spawn(program, args, { ...who, detached: true, stdio: ['ignore', log, log], env: { ...KEEP_MEMORY, ...process.env } });
  closeSync(log);
  return child;
}

/** A killed server's last backends hold its memory for some moments: until they are gone, a new one gives up. */
async function untilStarted(launch: () => ChildProcess, url: string, folder: string): Promise<ChildProcess> {
  const started = Date.now();
  let child = launch();
  while (Date.now() - started < READY_WITHIN_MS) {
    if (child.exitCode !== null || child.signalCode !== null) {
      if (Date.now() - started > LAUNCH_AGAIN_WITHIN_MS) throw new Error(`PostgreSQL does not start on ${folder}: see ${folder}.log`);
      await sleep(300);
      child = launch();
    }
    if (await answers(url)) return child;
    await sleep(30);
  }
  child.kill('SIGQUIT');
  throw new Error(`PostgreSQL did not answer within ${READY_WITHIN_MS / 1000} s on ${folder}`);
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

async function createDatabases(url: string, names: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database');
    const there = new Set(rows.map((row) => row.datname));
    for (const name of names.filter((each) => !there.has(each)))
      await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
