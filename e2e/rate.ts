import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@tradewind/client/client.ts';
import { outcomes } from '@tradewind/demo/outcomes.ts';
import { e2eConfig } from './harness/config.ts';
import { highestRate } from './harness/search.ts';
import { openStage, type Stage } from './harness/stage.ts';
import { Trial, wrongWith } from './harness/trial.ts';

/**
 * `make e2e-rate`: finds the highest steady rate of orders that the compose topology keeps up with: 99 of 100 settle within 5 s,
 * and no more are under way at the end than in the middle. Exit 0 it was looked for, 1 the ledger does not hold or it could not run.
 */
const SPELL_MS = 15_000;
const WITHIN_MS = 5_000;
/** Of what a spell brings: chance alone makes more or fewer be under way. */
const GROWTH = 0.05;
const say = (line: string) => void process.stdout.write(`${line}\n`);

async function keepsUp(stage: Stage, client: Client, rate: number): Promise<boolean> {
  const since = new Date().toISOString();
  const run = `rate-${rate}-${Date.now().toString(36)}`;
  const trial = await Trial.begin(stage, run, { perSecond: rate, warmMs: SPELL_MS });
  const before = trial.underWay;
  await sleep(SPELL_MS);
  const growth = trial.underWay - before;
  const wrong = wrongWith(await trial.end());
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  const { latency: { p99 }, perSecond } = await outcomes(client, run, since);
  const holds = p99 <= WITHIN_MS && growth <= rate * (SPELL_MS / 1_000) * GROWTH;
  say(`${rate} orders/s: settled ${perSecond.toFixed(0)}/s, placed → settled p99 ${Math.round(p99)} ms, under way ${growth >= 0 ? '+' : ''}${growth} in ${SPELL_MS / 1_000} s: ${holds ? 'kept up' : 'too much'}`);
  return holds;
}

try {
  const { load } = e2eConfig(process.env);
  const stage = await openStage('rate');
  const client = new Client({ origin: () => stage.platform.origin, token: stage.token, persist: 60_000 });
  try {
    const found = await highestRate(load, (rate) => keepsUp(stage, client, rate));
    say(found > 0 ? `The platform keeps up with ${found} orders/s.` : `The platform does not keep up with ${load} orders/s; begin lower with LOAD=`);
  } finally {
    await client.close();
    await stage.close();
  }
} catch (error) {
  process.stderr.write(`e2e-rate: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
