import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';

/** Node alone, its PostgreSQL alone, or both in one blow. */
export type Kind = 'node' | 'postgres' | 'group';

const READY_WITHIN_MS = 60_000;

/** The platform as a process of its own, in a process group of its own. */
export class Victim {
  readonly #port: number;
  readonly #data: string;
  #child: ChildProcess | undefined;

  constructor(port: number, data: string) {
    this.#port = port;
    this.#data = data;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, '../../embedded/main.ts')], {
      detached: true, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, PORT: String(this.#port), DATA: this.#data },
    });
    this.#child = child;
    await this.untilReady(() => child.exitCode !== null);
  }

  /** Resolves when every service says that it is ready. */
  async untilReady(gone: () => boolean = () => false): Promise<void> {
    for (const until = Date.now() + READY_WITHIN_MS; Date.now() < until; await sleep(50)) {
      if (gone()) throw new Error('the platform did not start again');
      const status = await request(`${this.origin}/health/ready`).then(async (reply) => {
        await reply.body.dump();
        return reply.statusCode;
      }, () => 0);
      if (status === 200) return;
    }
    throw new Error(`the platform was not ready within ${READY_WITHIN_MS / 1000} s`);
  }

  /** Kills without warning, and starts again what does not start itself. */
  async kill(kind: Kind, postmasterPid: number): Promise<void> {
    const child = this.#child;
    if (!child?.pid) throw new Error('the platform is not running');
    if (kind === 'postgres') {
      process.kill(postmasterPid, 'SIGKILL');
      await sleep(100); // it is not ready from here on
      return this.untilReady();
    }
    const exited = once(child, 'exit');
    process.kill(kind === 'group' ? -child.pid : child.pid, 'SIGKILL');
    await exited;
    await this.start();
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

/** Pid of the server on a data folder of PostgreSQL. */
export function postmasterOf(folder: string): number {
  return Number(readFileSync(path.join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
}
