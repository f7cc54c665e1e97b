import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';

export interface RestateServer {
  /** Where workflows and objects are called. */
  ingress: Pool;
  /** Makes a service endpoint known, whose handlers are then called at `origin`. */
  register(origin: string): Promise<void>;
  /** Rows of Restate's own tables, such as `state` and `sys_invocation`. */
  query<Row>(sql: string): Promise<Row[]>;
  stop(): Promise<void>;
}

/** Each record of its log is flushed before it is acknowledged, which is the default. `octocrab` looks for newer releases. */
const SETTINGS = {
  RESTATE_LOG_SERVER__ROCKSDB_DISABLE_WAL_FSYNC: 'false', RESTATE_DISABLE_TELEMETRY: 'true', RESTATE_LOG_FILTER: 'error,octocrab=off',
};
const NODE = 'bench';
const PATIENCE_MS = 30_000;

/** A Restate server of one node, a child of this process, on the Unix sockets of its data folder: it takes no port. */
export async function startRestate(folder: string): Promise<RestateServer> {
  mkdirSync(folder, { recursive: true });
  const program = fileURLToPath(import.meta.resolve(`@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`));
  const child = spawn(program, ['--listen-mode', 'unix', '--base-dir', folder, '--node-name', NODE, '--no-logo'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...SETTINGS },
  });
  const exited = once(child, 'exit');
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const socket = (name: string) => new Pool('http://localhost', { socketPath: path.join(folder, NODE, `${name}.sock`) });
  const [ingress, admin] = [socket('ingress'), socket('admin')];
  const server: RestateServer = {
    ingress,
    register: async (origin) => void await answer(admin, '/deployments', { uri: origin }),
    query: async <Row>(sql: string) => (await answer(admin, '/query', { query: sql }) as { rows: Row[] }).rows,
    async stop() {
      process.removeListener('exit', kill);
      child.kill('SIGTERM');
      await Promise.race([exited, sleep(2_000, undefined, { ref: false })]);
      child.kill('SIGKILL');
      await exited;
      await Promise.all([ingress.destroy(), admin.destroy()]);
    },
  };
  await untilReady(admin, () => child.exitCode ?? child.signalCode);
  return server;
}

async function answer(pool: Pool, where: string, body: object): Promise<unknown> {
  const { statusCode, body: reply } = await pool.request({
    method: 'POST', path: where, headers: { 'content-type': 'application/json', accept: 'application/json' }, body: JSON.stringify(body),
  });
  const text = await reply.text();
  if (statusCode >= 300) throw new Error(`Restate answered ${statusCode} to ${where}: ${text}`);
  return JSON.parse(text);
}

async function untilReady(admin: Pool, ended: () => number | string | null): Promise<void> {
  for (const until = performance.now() + PATIENCE_MS; ; await sleep(50)) {
    if (ended() !== null) throw new Error(`the Restate server ended: ${ended()}`);
    const status = await admin.request({ method: 'GET', path: '/health' }).then(async ({ statusCode, body }) => {
      await body.dump();
      return statusCode;
    }, () => 0);
    if (status === 200) return;
    if (performance.now() > until) throw new Error(`the Restate server was not ready within ${PATIENCE_MS / 1000} s`);
  }
}
