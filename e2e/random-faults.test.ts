import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import { print } from '@tradewind/ledger/print.ts';
import { e2eConfig } from './harness/config.ts';
import { together, victimsOf, type Victim } from './harness/faults.ts';
import { planFaults, type Planned } from './harness/plan.ts';
import { openStage, type Stage } from './harness/stage.ts';
import { Trial, wrongWith } from './harness/trial.ts';

const { load, faults, seed } = e2eConfig(process.env);
const USUAL_WITHIN_MS = 300_000;
const say = (line: string) => void process.stdout.write(`${line}\n`);
let stage: Stage | undefined;
beforeAll(async () => { stage = await openStage('random', seed); });
afterAll(async () => { await stage?.close(); });

test(`${faults} faults at random, some before the last is got over (SEED=${seed}): no order is lost, none is done twice`, async () => {
  if (!stage) throw new Error('the platform did not start');
  stage.failed = true; // until it has not
  const victims = victimsOf(stage.platform);
  const plan = planFaults(seededRandom(seed), victims.map(({ name }) => name), faults);
  say(`SEED=${seed} FAULTS=${faults} LOAD=${load}`);
  const trial = await Trial.begin(stage, 'random', { perSecond: load, warmMs: 5_000 });
  try {
    for (const [at, fault] of plan.entries()) {
      await blow(fault, victims);
      const until = await rest(trial, fault);
      say(`${at + 1}/${faults}  ${fault.victims.join(' and ')} ${fault.how}${fault.how === 'stopped' ? ` for ${fault.ms} ms` : ''}; ${until}`);
    }
    await trial.untilUsual(Date.now(), Date.now() + USUAL_WITHIN_MS);
  } finally {
    const outcome = await trial.end();
    const { counts, delivered, givenUp } = outcome;
    say(`${print(outcome.verdict)}\n${JSON.stringify({ ...counts, givenUp, delivered })}`);
    expect(wrongWith(outcome)).toEqual([]);
  }
  stage.failed = false;
}, faults * 60_000 + 900_000);

async function blow({ victims, how, ms }: Planned, all: Victim[]): Promise<void> {
  await together(all.filter(({ name }) => victims.includes(name))).strike(how, ms);
}

async function rest(trial: Trial, { pauseMs }: Planned): Promise<string> {
  const since = Date.now();
  if (pauseMs === undefined) return `as usual after ${((await trial.untilUsual(since, since + USUAL_WITHIN_MS) - since) / 1_000).toFixed(1)} s`;
  await sleep(pauseMs);
  return `${trial.underWay} orders under way`;
}
