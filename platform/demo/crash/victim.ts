import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { renewed } from '@tradewind/client/renewed.ts';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { openLocalIssuer } from '@tradewind/chassis/jose/issuer.ts';
import { identity } from '@tradewind/embedded/identity.ts';
import { placeFor } from '@tradewind/embedded/place.ts';
import { request } from 'undici';

/** Node alone, its PostgreSQL alone, or both in one blow. */
export type Kind = 'node' | 'postgres' | 'group';

const READY_WITHIN_MS = 60_000;

/** The platform as a process of its own. */
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

  get folder(): string {
    return this.#data;
  }

  /** An operator's token, by the key that the platform keeps in its folder. */
  readonly token = renewed(async () => {
    const issuer = await openLocalIssuer({ folder: this.#data, ...identity, clock });
    return issuer.issue({ operator: 'demo-crash' });
  });

  async start(): Promise<void> {
    const output = openSync(path.join(this.#data, 'output.log'), 'a');
    const child = spawn(process.execPath, [path.join(import.meta.dirname, '../../embedded/main.ts')], {
      detached: true, stdio: ['ignore', output, output], env: { ...process.env, PORT: String(this.#port), DATA: this.#data },
    });
    closeSync(output);
    this.#child = child;
    await this.untilReady(() => child.exitCode !== null);
  }

  /** Resolves when every service says that it is ready. */
  async untilReady(gone: () => boolean = () => false): Promise<void> {
    for (const until = Date.now() + READY_WITHIN_MS; Date.now() < until; await sleep(50)) {
      if (gone()) throw new Error(`the platform did not start: see output.log and platform.log in ${this.#data}`);
      const status = await request(`${this.origin}/health/ready`).then(async (reply) => {
        await reply.body.dump();
        return reply.statusCode;
      }, () => 0);
      if (status === 200) return;
    }
    throw new Error(`the platform was not ready within ${READY_WITHIN_MS / 1000} s`);
  }

  /** Kills without warning, and starts again what does not start itself. */
  async kill(kind: Kind): Promise<void> {
    const child = this.#child;
    if (!child?.pid) throw new Error('the platform is not running');
    if (kind === 'postgres') {
      process.kill(this.#postmaster(), 'SIGKILL');
      await sleep(100); // it is not ready from here on
      return this.untilReady();
    }
    const exited = once(child, 'exit');
    process.kill(child.pid, 'SIGKILL');
    if (kind === 'group') process.kill(this.#postmaster(), 'SIGKILL');
    await exited;
    await this.start();
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }

  /** Pid of its PostgreSQL. */
  #postmaster(): number {
    const folder = placeFor(path.join(this.#data, 'postgres'), () => undefined);
    return Number(readFileSync(path.join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
  }
}
