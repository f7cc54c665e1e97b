import { setTimeout as sleep } from 'node:timers/promises';
import { test } from '@jest/globals';
import { clusterFrom } from '@tradewind/kubernetes/kubectl/cluster.ts';
import { nodes, untilNodeReady, workerBesides } from './harness/nodes.ts';
import { openStage } from './harness/stage.ts';
import { struck } from './harness/trial.ts';

const PAUSED_MS = 30_000;

test('a node hangs for half a minute, its connections open', async () => {
  const cluster = clusterFrom('kind', process.env);
  const node = await workerBesides(cluster);
  await struck(await openStage({ spare: node }), {
    victim: 'node', how: `hung for ${PAUSED_MS / 1_000} s`,
    async strike() {
      await nodes.pause(node);
      await sleep(PAUSED_MS).finally(() => nodes.unpause(node));
    },
    back: (withinMs) => untilNodeReady(cluster, node, withinMs),
  });
});
