import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Log, LogRecord } from '../port.ts';
import { number } from './harness.ts';

/** What a consumer process is told, as JSON in its first argument, beside what its adapter needs. */
export interface Job {
  name: string;
  group: string;
  topic: string;
  leaseMs: number;
  /** Folder where each record leaves one file: a sink that takes each effect once and refuses the second. */
  effects: string;
  /** Stops itself (SIGSTOP) in the middle of its first batch, as a machine that is suspended does. */
  suspends: boolean;
}

/** What it tells its parent. */
export type Said = { type: 'ready' } | { type: 'suspends'; records: number[] } | { type: 'refused'; records: number[] };

/** Consumes until it is killed. */
export async function consume(log: Log, job: Job): Promise<void> {
  let suspends = job.suspends;
  await log.subscribe({ group: job.group, topics: [job.topic] }, async (batch) => {
    if (suspends) {
      suspends = false;
      await say({ type: 'suspends', records: batch.map(number) });
      suspend();
    }
    // From here to the commit nothing waits: what was suspended finds out by its commit alone.
    const refused = batch.filter((record) => !takesEffect(record, job));
    if (refused.length > 0) void say({ type: 'refused', records: refused.map(number) });
  });
  await say({ type: 'ready' });
}

function say(said: Said): Promise<void> {
  return new Promise((resolve) => {
    if (process.send) process.send(said, () => resolve());
    else resolve();
  });
}

function takesEffect(record: LogRecord, { effects, name }: Job): boolean {
  try {
    writeFileSync(path.join(effects, String(number(record))), name, { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

/** Returns when the process runs again. The signal may take a moment to arrive: until then it turns in place. */
function suspend(): void {
  let last = Date.now();
  process.kill(process.pid, 'SIGSTOP');
  for (let now = last; now - last < 500; now = Date.now()) last = now;
}
