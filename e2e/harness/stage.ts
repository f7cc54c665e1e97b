import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Client } from '@tradewind/client/client.ts';
import { renewed } from '@tradewind/client/renewed.ts';
import { startCompose, type ComposePlatform } from '@tradewind/compose/platform.ts';
import { freeServerPorts } from '@tradewind/compose/servers/free-ports.ts';
import { register } from '@tradewind/demo/register.ts';
import type { Workload } from '@tradewind/demo/workload.ts';
import type { Announcement } from '@tradewind/embedded/folder.ts';
import { findOrders } from '@tradewind/load/found.ts';
import { longPlan } from '@tradewind/load/plan.ts';
import { playHere } from '@tradewind/load/play.ts';
import type { Ground } from './ground.ts';

const PERSIST_MS = 180_000;
/** Begins the names of what this process starts: `containers.js` removes it. */
const PROJECTS = 'tradewind-e2e-';
/** Not in /tmp, which may be memory. */
const BESIDE = '/var/tmp';

/** A platform for tests to strike, with customers and products. */
export interface Stage extends Ground {
  platform: ComposePlatform;
  /** An operator's. */
  token(): Promise<string>;
  plan: Workload;
  /** Set when a test fails: what the services said is kept. */
  failed: boolean;
  /** Removes servers and data. */
  close(): Promise<void>;
}

/** @param name begins the names of containers and folder. @param seed of what clients do. */
export async function openStage(name: string, seed = 1): Promise<Stage> {
  mkdirSync(BESIDE, { recursive: true });
  const data = mkdtempSync(path.join(BESIDE, `tradewind-e2e-${name}-`));
  const platform = await startCompose({
    data, port: 0, project: `${PROJECTS}${process.pid}-${name}`, ports: await freeServerPorts(), atEnd: 'remove-all',
    logLevel: 'warn', say: () => undefined,
  });
  const plan = longPlan(seed);
  const token = renewed(() => platform.token({ operator: 'e2e' }));
  const stage: Stage = {
    platform, plan, token, acknowledged: [],
    failed: process.env.E2E_LOGS === '1',
    play: (run, perSecond) => playHere({ origin: () => platform.origin, token, plan, run, perSecond, persist: PERSIST_MS }),
    verdict: () => platform.verdict(() => stage.acknowledged),
    found: (run) => findOrders(databasesOf(platform.folder), run),
    whereOrdersAre: () => whereOrdersAre(platform),
    async close() {
      await platform.stop();
      if (stage.failed) process.stdout.write(`What the services said is in ${data}/logs\n`);
      else rmSync(data, { recursive: true });
    },
  };
  const client = new Client({ origin: () => platform.origin, token: stage.token, persist: PERSIST_MS });
  try {
    await register(client, stage.plan, name, () => undefined);
  } catch (error) {
    await platform.stop();
    throw error;
  } finally {
    await client.close();
  }
  return stage;
}

/** What waits where; empty queues are left out. */
async function whereOrdersAre(platform: ComposePlatform): Promise<string> {
  const services = platform.services.map(({ name, pid, restarts }) => `${name} ${pid === undefined ? 'is not running' : `died ${restarts} times`}`).join(', ');
  try {
    const { queues, groups, outboxes } = await platform.status();
    const waiting = queues.filter(({ ready, unsettled, retrying, dead }) => ready + unsettled + retrying + dead > 0);
    return `${services}; ${JSON.stringify({ waiting, groups, outboxes })}`;
  } catch (error) {
    return `${services}; ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** @param folder of a running platform. */
function databasesOf(folder: string): Announcement['databases'] {
  return (JSON.parse(readFileSync(path.join(folder, 'platform.json'), 'utf8')) as Announcement).databases;
}
