import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { clusterFrom } from '@tradewind/kubernetes/kubectl/cluster.ts';
import { e2eConfig } from '../harness/config.ts';
import { homeOf, nodes, untilNodeReady, workerBesides } from './harness/nodes.ts';
import { openStage } from './harness/stage.ts';
import { struck } from './harness/trial.ts';

const { short } = e2eConfig(process.env);
const cluster = clusterFrom('kind', process.env);
/** Longer than Kubernetes itself takes to send nobody there any more. */
const DOWN_MS = 60_000;
/** For a client that waits a second for a connection and sends again once. */
const OUTAGE_MS = 10_000;

async function killed(node: string, how: string) {
  return struck(await openStage({ spare: node }), {
    victim: 'node', how,
    async strike() {
      await nodes.kill(node);
      await sleep(DOWN_MS);
      await nodes.start(node);
    },
    back: (withinMs) => untilNodeReady(cluster, node, withinMs),
  });
}

test('a node without PostgreSQL is killed: what has replicas elsewhere goes on within ten seconds', async () => {
  const { placingAgain } = await killed(await workerBesides(cluster), 'killed, without PostgreSQL');
  expect(placingAgain).toBeLessThanOrEqual(OUTAGE_MS);
});

(short ? test.skip : test)("PostgreSQL's node is killed: its volume stays there, and what was answered meanwhile settles", async () => {
  await killed(await homeOf(cluster), 'killed, with PostgreSQL');
});
