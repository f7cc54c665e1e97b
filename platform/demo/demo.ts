import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@tradewind/client/client.ts';
import { bar, progress } from '@tradewind/client/progress.ts';
import { renewed } from '@tradewind/client/renewed.ts';
import type { Platform } from '@tradewind/embedded/platform.ts';
import type { Verdict } from '@tradewind/ledger/verdict.ts';
import { memoryOfFamily } from './memory.ts';
import { outcomes } from './outcomes.ts';
import { play, type Played } from './play.ts';
import { register } from './register.ts';
import { report } from './report.ts';
import { settledCount } from './settled.ts';
import { workload, type Workload } from './workload.ts';

const PRODUCTS = 1_000;
const CUSTOMERS = 500;
const WINDOW = 80;
const SETTLE_WITHIN_MS = 120_000;

export interface DemoOptions {
  platform: Platform;
  orders: number;
  seed: number;
  say(line: string): void;
  out: NodeJS.WriteStream;
  /** Whether the services are processes of this one's, so that their memory can be told. */
  here: boolean;
}

/** Plays the workload against a running platform and prints the report. @returns whether the ledger holds. */
export async function demo({ platform, orders, seed, say, out, here }: DemoOptions): Promise<boolean> {
  const client = new Client({ origin: () => platform.origin, token: renewed(() => platform.token({ operator: 'demo' })), persist: 60_000 });
  const run = Date.now().toString(36);
  const since = new Date().toISOString();
  const plan = workload(seed, { products: PRODUCTS, customers: CUSTOMERS, orders });
  say(`Playing ${orders.toLocaleString('en')} orders of ${CUSTOMERS} customers over ${PRODUCTS.toLocaleString('en')} products (SEED=${seed})`);
  try {
    const registering = progress(out);
    await register(client, plan, run, (done, of) => registering.show(`registering  ${bar(done, of)}`));
    registering.end();
    const begun = Date.now();
    const { played, acknowledged } = await load({ client, run, plan, orders, out });
    const memory = here ? memoryOfFamily() : undefined;
    const seconds = (Date.now() - begun) / 1000;
    const verdict = await settledVerdict(platform, acknowledged);
    const { brokers } = await platform.status();
    say('');
    say(report({ run, outcomes: await outcomes(client, run, since), played, verdict, brokers, seconds, ...(memory && { memory }) }));
    return verdict.holds && verdict.inFlight === 0;
  } finally {
    await client.close();
  }
}

interface Load { client: Client; run: string; plan: Workload; orders: number; out: NodeJS.WriteStream }

/** Resolves when all that was placed is settled, or nothing has moved for too long. */
async function load({ client, run, plan, orders, out }: Load): Promise<{ played: Played; acknowledged: Set<string> }> {
  const acknowledged = new Set<string>();
  const before = await settledCount(client);
  const settled = async () => await settledCount(client) - before;
  const shown = progress(out);
  const show = ({ placed, settled: done }: { placed: number; settled: number }) =>
    shown.show(`settled      ${bar(done, orders)}   placed ${placed.toLocaleString('en')}`);
  const played = await play(plan.steps(), { client, run, window: WINDOW, settled, acknowledged: (id) => acknowledged.add(id), progress: show });
  for (const until = Date.now() + SETTLE_WITHIN_MS; Date.now() < until; await sleep(100)) {
    const done = await settled();
    show({ placed: played.acknowledged, settled: done });
    if (done >= played.acknowledged) break;
  }
  shown.end();
  return { played, acknowledged };
}

/** The read models may be a moment behind the sagas: what is still in flight is asked for again. */
async function settledVerdict(platform: Platform, acknowledged: Set<string>): Promise<Verdict> {
  for (let attempt = 1; ; attempt += 1) {
    const verdict = await platform.verdict(() => acknowledged);
    if (!verdict.holds || verdict.inFlight === 0 || attempt === 20) return verdict;
    await sleep(250 * attempt);
  }
}
