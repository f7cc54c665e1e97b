import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** Where commands go; without a context, to the current one. */
export interface Cluster { context?: string; namespace: string }

const MOST_BYTES = 64_000_000;

/** Runs kubectl, which must be on the PATH. @param input for its standard input. @returns what it printed. @throws Error in one line */
export function kubectl(cluster: Cluster, args: string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile('kubectl', [...flags(cluster), ...args], { maxBuffer: MOST_BYTES, env: process.env }, (error, stdout, stderr) => {
      if (error) reject(new Error(complaint(error, stderr), { cause: error }));
      else resolve(stdout.trim());
    });
    child.stdin?.on('error', () => undefined); // it may have ended without reading it
    child.stdin?.end(input);
  });
}

/** As `kubectl`, of a command that prints JSON. */
export async function kubectlJson<Result>(cluster: Cluster, args: string[]): Promise<Result> {
  return JSON.parse(await kubectl(cluster, [...args, '-o', 'json'])) as Result;
}

/** What a command that goes on prints, line by line, until it ends by itself, `signal` ends it, or nobody reads on. How it ends is not told. */
export async function* kubectlLines(cluster: Cluster, args: string[], signal?: AbortSignal): AsyncGenerator<string> {
  if (signal?.aborted) return;
  const child = kubectlProcess(cluster, args);
  child.stderr?.resume();
  const ended = once(child, 'close').catch(() => undefined);
  const end = (): void => void child.kill();
  signal?.addEventListener('abort', end, { once: true });
  try {
    if (child.stdout) yield* whole(child.stdout);
  } finally {
    signal?.removeEventListener('abort', end);
    end();
    await ended;
  }
}

/** Lines that were ended: where a connection breaks off, the rest of one is none. */
async function* whole(stream: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const text of stream.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** Starts kubectl, for whoever reads what it says as it says it. */
export function kubectlProcess(cluster: Cluster, args: string[]): ChildProcess {
  return spawn('kubectl', [...flags(cluster), ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: process.env });
}

function flags({ context, namespace }: Cluster): string[] {
  return [...(context === undefined ? [] : ['--context', context]), '--namespace', namespace];
}

/** What kubectl says against something, in one line. */
export function complaint(error: { code?: unknown; message: string }, stderr: string): string {
  if (error.code === 'ENOENT') return 'this needs kubectl, and it is not on the PATH';
  const lines = stderr.split('\n').map((line) => line.trim()).filter(Boolean);
  return `kubectl: ${lines.findLast((line) => /error|refused|forbidden|not found/i.test(line)) ?? lines.at(-1) ?? error.message.split('\n')[0] ?? 'it failed'}`;
}
