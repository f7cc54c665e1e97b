import { afterAll, beforeAll, test } from '@jest/globals';
import { e2eConfig } from './config.ts';
import { howNames, together, victimsOf, type How, type Victim } from './faults.ts';
import { keep } from './results.ts';
import type { Row } from './row.ts';
import { openStage, type Stage } from './stage.ts';
import { strikeUnderLoad } from './strike.ts';

const WARM_MS = 5_000;
/** How long it stands still. */
const STOPPED_MS = 20_000;
const RECOVERED_WITHIN_MS = 240_000;
const TEST_WITHIN_MS = 900_000;

const words: Record<How, string> = { killed: 'killed', stopped: `standing still for ${STOPPED_MS / 1_000} s`, restarted: 'restarted' };

/**
 * A file of tests: the platform loses what is named, in each way, amid orders; it comes back, and nothing is lost or done twice.
 * @param name of a server or a service, or `all`.
 */
export function comesBack(name: string): void {
  const config = e2eConfig(process.env);
  let stage: Stage | undefined;
  const rows: Row[] = [];
  beforeAll(async () => { stage = await openStage(name); }, TEST_WITHIN_MS);
  afterAll(async () => {
    if (config.keep && rows.length === howNames.length) keep(`${name}-down`, config.load, rows);
    await stage?.close();
  }, TEST_WITHIN_MS);

  for (const how of howNames) {
    const chosen = config.only === undefined || config.only === how ? test : test.skip;
    chosen(`${name} ${words[how]}: no order is lost, none is done twice`, async () => {
      if (!stage) throw new Error('the platform did not start');
      rows.push(await struck(stage, { victim: victimNamed(stage, name), how, load: config.load }));
    }, TEST_WITHIN_MS);
  }
}

interface Strike { victim: Victim; how: How; load: number }

/** Strikes once under load. @returns the row; all that is asserted holds. */
export async function struck(stage: Stage, { victim, how, load }: Strike): Promise<Row> {
  try {
    return await strikeUnderLoad(stage, {
      victim: victim.name, how: words[how], run: `${victim.name}-${how}`, load, warmMs: WARM_MS, withinMs: RECOVERED_WITHIN_MS,
      strike: () => victim.strike(how, STOPPED_MS), back: (withinMs) => victim.back(withinMs), deaths: () => victim.deaths(),
    });
  } catch (error) {
    stage.failed = true;
    throw error;
  }
}

export function victimNamed({ platform }: Stage, name: string): Victim {
  const victims = victimsOf(platform);
  const victim = name === 'all' ? together(victims) : victims.find((each) => each.name === name);
  if (!victim) throw new Error(`nothing here is called ${name}`);
  return victim;
}
