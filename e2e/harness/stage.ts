import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Client } from '@tradewind/client/client.ts';
import { renewed } from '@tradewind/client/renewed.ts';
import { startCompose, type ComposePlatform } from '@tradewind/compose/platform.ts';
import { freeServerPorts } from '@tradewind/compose/servers/free-ports.ts';
import { register } from '@tradewind/demo/register.ts';
import { workload, type Workload } from '@tradewind/demo/workload.ts';

const SIZE = { products: 200, customers: 100, orders: 10_000_000 };
const SCARCE = 150;
const PLENTY = 1_000;
const PERSIST_MS = 180_000;
/** Begins the names of what this process starts: `containers.js` removes it. */
const PROJECTS = 'tradewind-e2e-';
/** Not in /tmp, which may be memory. */
const BESIDE = '/var/tmp';

/** A platform for tests to strike, with customers and products. */
export interface Stage {
  platform: ComposePlatform;
  /** An operator's. */
  token(): Promise<string>;
  plan: Workload;
  /** Of every load so far. */
  acknowledged: string[];
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
  const stage: Stage = {
    platform, plan: planOf(seed), acknowledged: [], token: renewed(() => platform.token({ operator: 'e2e' })),
    failed: process.env.E2E_LOGS === '1',
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

/** Enough of everything for a long run, but for one product in two hundred: some orders are rejected. */
function planOf(seed: number): Workload {
  const { products, customers, steps } = workload(seed, SIZE);
  return { customers, steps, products: products.map((each, at) => at === SCARCE ? each : { ...each, stock: each.stock * PLENTY }) };
}
