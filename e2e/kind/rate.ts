import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@tradewind/client/client.ts';
import { outcomes } from '@tradewind/demo/outcomes.ts';
import { reachKubernetes } from '@tradewind/kubernetes/platform.ts';
import { underWay } from '@tradewind/load/play.ts';
import { machine } from '../harness/results.ts';
import { highestRate } from '../harness/search.ts';
import { capacityPage, type Spell } from './harness/capacity.ts';
import { openStage, type KindStage } from './harness/stage.ts';
import { byName, usageByPod } from './harness/usage.ts';

/**
 * `make e2e-rate TOPOLOGY=kind`: what pods use when idle, at LOAD orders a second, and at the highest rate that is kept up with:
 * 99 of 100 orders settle within 5 s. Writes docs/capacity.md. Exit 0 it was looked for, 1 it could not run.
 */
const PAGE = path.join(import.meta.dirname, '../../docs/capacity.md');
const WARM_MS = 20_000;
/** Kubelets look every ten seconds or so. */
const SPELL_MS = 40_000;
const WITHIN_MS = 5_000;
/** Of what a spell brings: chance alone makes more or fewer be under way. */
const GROWTH = 0.05;
const say = (line: string) => void process.stdout.write(`${line}\n`);

async function idle({ cluster }: KindStage): Promise<Spell> {
  const before = await usageByPod(cluster);
  await sleep(SPELL_MS);
  return { rate: 0, settled: 0, latency: undefined, keptUp: true, pods: byName(before, await usageByPod(cluster)) };
}

async function under(rate: number, stage: KindStage, client: Client): Promise<Spell> {
  const [run, since] = [`rate-${rate}-${Date.now().toString(36)}`, new Date().toISOString()];
  const play = stage.play(run, rate);
  await play.start();
  await sleep(WARM_MS);
  const [before, openBefore] = [await usageByPod(stage.cluster), underWay(play)];
  await sleep(SPELL_MS);
  const [pods, growth] = [byName(before, await usageByPod(stage.cluster)), underWay(play) - openBefore];
  await play.stop();
  const { latency, perSecond } = await outcomes(client, run, since);
  const keptUp = latency.p99 <= WITHIN_MS && growth <= Math.max(rate, rate * (SPELL_MS / 1_000) * GROWTH);
  say(`${rate} orders/s: settled ${perSecond.toFixed(1)}/s, placed → settled p50 ${Math.round(latency.p50)} ms, p99 ${Math.round(latency.p99)} ms: ${keptUp ? 'kept up' : 'too much'}`);
  return { rate, settled: perSecond, latency, keptUp, pods };
}

try {
  const stage = await openStage();
  const platform = await reachKubernetes(stage.cluster);
  const client = new Client({ origin: () => platform.origin, token: () => platform.token({ operator: 'rate' }), persist: 60_000 });
  try {
    const spells = [await idle(stage)];
    await highestRate(Number(process.env.LOAD || 10), async (rate) => {
      const spell = await under(rate, stage, client);
      spells.push(spell);
      return spell.keptUp;
    });
    const verdict = await stage.verdict();
    if (!verdict.holds) throw new Error('the ledger does not hold');
    writeFileSync(PAGE, capacityPage({ spells, machine: machine(), processors: cpus().length, at: new Date().toISOString().slice(0, 10) }));
    say(`written to ${PAGE}`);
  } finally {
    await client.close();
    await platform.stop();
  }
} catch (error) {
  process.stderr.write(`e2e-rate: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
