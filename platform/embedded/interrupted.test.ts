import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { alive, orphanOf } from './postgres/pid-file.ts';
import { startPostgres } from './postgres/server.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

let folder: string;
let platform: ChildProcess;

beforeEach(() => {
  folder = mkdtempSync('/var/tmp/tradewind-interrupted-');
  chmodSync(folder, 0o755);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The platform as a user starts it, in a process group of its own. */
function start(): void {
  platform = spawn(process.execPath, [MAIN], { detached: true, stdio: 'ignore', env: { ...process.env, NODE_OPTIONS: '', PORT: '0', DATA: folder } });
}

async function until(there: () => boolean): Promise<void> {
  for (let waited = 0; !there(); waited += 10) {
    if (waited > 60_000 || platform.exitCode !== null) throw new Error(`the platform ended (${platform.exitCode}), or took too long`);
    await sleep(10);
  }
}

const postgres = () => path.join(folder, 'postgres');

test('a platform that was killed while it made its data folder makes it anew', async () => {
  start();
  await until(() => globSync('postgres*/PG_VERSION', { cwd: folder }).length > 0);
  process.kill(-(platform.pid ?? 0), 'SIGKILL');
  await once(platform, 'exit');
  const server = await startPostgres({ folder: postgres(), say: () => undefined });
  await server.createDatabases(['whole']);
  await server.stop();
  expect(globSync('postgres.unfinished*', { cwd: folder })).toEqual([]);
}, 90_000);

test('told to stop while it starts, it leaves neither PostgreSQL nor a lock behind', async () => {
  start();
  await until(() => existsSync(path.join(postgres(), 'postmaster.pid')));
  const pid = Number(readFileSync(path.join(postgres(), 'postmaster.pid'), 'utf8').split('\n')[0]);
  platform.kill('SIGTERM');
  await once(platform, 'exit');
  expect({ code: platform.exitCode, postgres: alive(pid), orphan: orphanOf(postgres()) }).toEqual({ code: 0, postgres: false, orphan: undefined });
  expect(existsSync(path.join(folder, 'platform.lock'))).toBe(false);
}, 90_000);
