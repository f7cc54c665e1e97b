import type { Random } from '@tradewind/chassis/random.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@tradewind/client/client.ts';
import { uniform } from '../nurand.ts';
import { play } from '../play.ts';
import { register } from '../register.ts';
import { settledCount } from '../settled.ts';
import { workload } from '../workload.ts';
import { judge } from './judge.ts';
import { type Kind, Victim } from './victim.ts';

const KINDS: Kind[] = ['node', 'postgres', 'group'];
const ORDERS_A_ROUND = 100;
const SIZE = { products: 200, customers: 100 };

export interface CrashOptions { rounds: number; seed: number; port: number; data: string; random: Random; say(line: string): void }

/**
 * Plays orders without a pause and kills the platform in every round, each kind in turn.
 * @returns whether the ledger holds, every saga ended, and every acknowledged order is there.
 */
export async function crashRounds({ rounds, seed, port, data, random, say }: CrashOptions): Promise<boolean> {
  const victim = new Victim(port, data);
  const client = new Client({ origin: () => victim.origin, token: victim.token, persist: 120_000 });
  try {
    await victim.start();
    const plan = workload(seed, { ...SIZE, orders: rounds * ORDERS_A_ROUND });
    await register(client, plan, 'crash', () => undefined);
    const acknowledged = new Set<string>();
    let over = false;
    const load = play(plan.steps(), {
      client, run: 'crash', window: 60, settled: () => settledCount(client),
      acknowledged: (orderId) => acknowledged.add(orderId), progress: () => undefined,
    }).finally(() => { over = true; });
    load.catch(() => undefined); // it is awaited below; a failure must not end the process before
    for (let round = 1; round <= rounds; round += 1) {
      const after = (round - 1) * ORDERS_A_ROUND + uniform(random, 5, ORDERS_A_ROUND - 5);
      while (acknowledged.size < after && !over) await sleep(5);
      await sleep(random.next() * 200);
      await strike(victim, { round, rounds, kind: KINDS[(round - 1) % KINDS.length] ?? 'node', acknowledged: acknowledged.size, say });
    }
    const played = await load;
    say(`load over: ${played.acknowledged} orders acknowledged, ${client.resent} requests had to be sent again`);
    return await judge(victim.folder, acknowledged, say);
  } finally {
    await client.close();
    await victim.stop();
  }
}

interface Strike { round: number; rounds: number; kind: Kind; acknowledged: number; say(line: string): void }

async function strike(victim: Victim, { round, rounds, kind, acknowledged, say }: Strike): Promise<void> {
  const begun = Date.now();
  await victim.kill(kind);
  const what = { node: 'kill -9 Node', postgres: 'kill -9 PostgreSQL', group: 'kill -9 both' }[kind];
  say(`round ${String(round).padStart(3)}/${rounds}  ${what.padEnd(19)} at ${String(acknowledged).padStart(5)} orders   ready again after ${((Date.now() - begun) / 1000).toFixed(1)} s`);
}
