import { test } from '@jest/globals';
import { clusterFrom } from '@tradewind/kubernetes/kubectl/cluster.ts';
import { kubectl } from '@tradewind/kubernetes/kubectl.ts';
import { untilNodeReady, workerBesides } from './harness/nodes.ts';
import { openStage, USUAL } from './harness/stage.ts';
import { struck } from './harness/trial.ts';

test('a node is drained and comes back: no request fails', async () => {
  const cluster = clusterFrom('kind', process.env);
  const node = await workerBesides(cluster);
  await struck(await openStage({ spare: node, patience: USUAL }), {
    victim: 'node', how: 'drained', unfailing: true,
    async strike() {
      await kubectl(cluster, ['drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=240s']).finally(() => kubectl(cluster, ['uncordon', node]));
    },
    back: (withinMs) => untilNodeReady(cluster, node, withinMs),
  });
});
