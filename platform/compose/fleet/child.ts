import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs, deathsInARow } from './backoff.ts';
import type { ServiceName } from '@tradewind/embedded/service-names.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const STOP_WITHIN_MS = 30_000;
const READY_EVERY_MS = 50;
const LOG_LIMIT = 10_000_000;
/** Exit code of what no restart would help. */
const FINAL = 2;

export interface ChildOptions {
  service: ServiceName;
  /** `orders`, or `orders-2` for a second one. */
  name: string;
  /** Origin of its HTTP API. */
  url: string;
  /** Origin of its metrics. */
  admin: string;
  env: Record<string, string>;
  /** What it says is appended here. */
  log: string;
  say(line: string): void;
}

/** A service as a process that is started again whenever it dies, until it is told to stop. */
export class Child {
  readonly service: ServiceName;
  readonly name: string;
  readonly url: string;
  readonly admin: string;
  readonly log: string;
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #wanted = false;
  #deaths = 0;
  #restarts = 0;
  #wake = new AbortController();
  /** Its last start failed in a way that no other would. */
  #gaveUp = false;

  constructor(options: ChildOptions) {
    this.#options = options;
    ({ service: this.service, name: this.name, url: this.url, admin: this.admin, log: this.log } = options);
  }

  /** Undefined between a death and the next start. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Times that it was started again after a death. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Resolves when the process has begun; see `untilReady`. */
  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#gaveUp = false;
    this.#deaths = 0;
    this.#spawn();
  }

  /** Whether it takes requests now. */
  async ready(): Promise<boolean> {
    const answer = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.ok === true;
  }

  /** @throws Error in one line when it does not start for good, or not in time. */
  async untilReady(withinMs: number): Promise<void> {
    for (const end = Date.now() + withinMs; !(await this.ready()); await sleep(READY_EVERY_MS)) {
      if (this.#wanted && !this.#gaveUp && Date.now() < end) continue;
      throw new Error(lastWords(this.log) || `${this.name} is not ready; see ${this.log}`);
    }
  }

  /** Any signal: KILL (the default) or STOP and CONT, for tests. @returns whether there was a process. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): boolean {
    return this.#process?.kill(signal) ?? false;
  }

  /** Told to stop, and killed when it takes too long; it is not started again. */
  async stop(): Promise<void> {
    this.#wanted = false;
    this.#wake.abort();
    const stopping = this.#process;
    if (!stopping || ended(stopping)) return;
    const gone = once(stopping, 'exit');
    stopping.kill('SIGTERM');
    stopping.kill('SIGCONT'); // one that stands still would not hear
    const late = setTimeout(() => stopping.kill('SIGKILL'), STOP_WITHIN_MS);
    await gone;
    clearTimeout(late);
  }

  async restart(): Promise<void> {
    await this.stop();
    this.start();
  }

  #spawn(): void {
    const file = logFile(this.log);
    const begun = Date.now();
    const { env, service } = this.#options;
    // The channel is never spoken on: when this process dies, it closes, and the child stops.
    const child = spawn(process.execPath, ['--max-semi-space-size=6', path.join(ROOT, 'services', service, 'main.ts')], {
      // In a group of its own: Ctrl-C in a terminal goes to this process, which stops them in order.
      cwd: ROOT, env, stdio: ['ignore', file, file, 'ipc'], detached: true,
    });
    closeSync(file);
    this.#process = child;
    child.once('error', () => undefined);
    child.once('exit', (code, signal) => void this.#died(code, signal, Date.now() - begun));
  }

  async #died(code: number | null, signal: NodeJS.Signals | null, livedMs: number): Promise<void> {
    this.#process = undefined;
    if (!this.#wanted) return;
    this.#deaths = deathsInARow(this.#deaths, livedMs);
    this.#gaveUp = code === FINAL;
    const delay = backoffMs(this.#deaths);
    this.#options.say(`${this.name} ended (${signal ?? `code ${code}`}): starting it again in ${delay} ms`);
    this.#wake = new AbortController();
    await sleep(delay, undefined, { signal: this.#wake.signal }).catch(() => undefined);
    if (!this.#wanted || this.#process) return;
    this.#restarts += 1;
    this.#spawn();
  }
}

function ended({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** One that has grown too long is put aside. */
function logFile(log: string): number {
  const { size } = statSync(log, { throwIfNoEntry: false }) ?? { size: 0 };
  if (size > LOG_LIMIT) renameSync(log, `${log}.1`);
  return openSync(log, 'a', 0o600);
}

/** The last line that is for people; the others are JSON. */
function lastWords(log: string): string {
  const file = openSync(log, 'r');
  const { size } = fstatSync(file);
  const tail = Buffer.alloc(Math.min(size, 8_192));
  readSync(file, tail, 0, tail.length, size - tail.length);
  closeSync(file);
  return tail.toString().trim().split('\n').findLast((line) => line !== '' && !line.startsWith('{')) ?? '';
}
