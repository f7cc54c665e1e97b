import { rmSync } from 'node:fs';
import { Client } from '@tradewind/client/client.ts';
import { outcomes } from '@tradewind/demo/outcomes.ts';
import { register } from '@tradewind/demo/register.ts';
import { workload } from '@tradewind/demo/workload.ts';
import { usageOf } from './family.ts';
import { Load } from './load.ts';
import { startSubject, type Subject } from './subject.ts';

export interface SliceOptions {
  /** The program to measure. */
  program: string;
  folder: string;
  seed: number;
  products: number;
  customers: number;
  window: number;
  warmUpMs: number;
  measureMs: number;
  /** More flags for Node. */
  flags?: string[];
  /** Told when the measured part of the load begins, and when it has ended. */
  begun?(subject: Subject): Promise<void>;
  ended?(subject: Subject, settled: number): Promise<void>;
}

/** What one run of one side gave. */
export interface Slice {
  perSecond: number;
  latency: { p50: number; p95: number; p99: number };
  confirmed: number;
  megabytes: number;
  /** CPU per settled order, in ms. */
  nodeMs: number;
  /** Of all that it started: PostgreSQL, a server of the peer's. */
  serverMs: number;
  /** CPU that the measured side used, in cores; and the load generator beside it. */
  cores: number;
  loadCores: number;
}

/** Starts one side from nothing, loads it, and measures it in the middle of the load. @throws Error when its books do not balance. */
export async function slice(options: SliceOptions): Promise<Slice> {
  const { program, folder, flags } = options;
  const subject = await startSubject(program, folder, flags);
  try {
    const measured = await measure(subject, options);
    const breaches = await subject.check();
    if (breaches.length > 0) throw new Error(`${program}: ${breaches.join('; ')}`);
    return measured;
  } finally {
    await subject.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(subject: Subject, options: SliceOptions): Promise<Slice> {
  const { pids, origin, token } = subject;
  const { seed, products, customers, window, warmUpMs, measureMs } = options;
  const client = new Client({ origin: () => origin, token: () => Promise.resolve(token), persist: 10_000 });
  try {
    const plan = workload(seed, { products, customers, orders: 1_000_000 });
    const run = `b${seed}`;
    await register(client, plan, run, () => undefined);
    const load = new Load({ client, run, steps: plan.steps(), window });
    await load.begin();
    await load.runFor(warmUpMs);
    await options.begun?.(subject);
    const before = { ...usageOf(pids), settled: load.settled, at: performance.now(), load: process.cpuUsage() };
    const since = new Date().toISOString();
    await load.runFor(measureMs);
    const after = { ...usageOf(pids), settled: load.settled, at: performance.now(), load: process.cpuUsage(before.load) };
    await options.ended?.(subject, after.settled - before.settled);
    await load.drain(60_000);
    const { latency, byKind } = await outcomes(client, run, since);
    const wallMs = after.at - before.at;
    const settled = after.settled - before.settled;
    if (settled === 0) throw new Error('no order settled while it was measured');
    const nodeMs = after.nodeCpuMs - before.nodeCpuMs;
    const serverMs = after.otherCpuMs - before.otherCpuMs;
    return {
      perSecond: settled / (wallMs / 1000), latency, megabytes: after.megabytes,
      confirmed: (byKind.get('confirmed') ?? 0) / [...byKind.values()].reduce((sum, each) => sum + each, 0),
      nodeMs: nodeMs / settled, serverMs: serverMs / settled, cores: (nodeMs + serverMs) / wallMs,
      loadCores: (after.load.user + after.load.system) / 1000 / wallMs,
    };
  } finally {
    await client.close();
  }
}
