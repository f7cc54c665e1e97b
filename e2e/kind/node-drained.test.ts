import { test } from '@jest/globals';
import { clusterFrom } from '@tradewind/kubernetes/kubectl/cluster.ts';
import { kubectl } from '@tradewind/kubernetes/kubectl.ts';
import { untilNodeReady } from './harness/nodes.ts';
import { podOf } from './harness/pods.ts';
import { openStage, workersOf } from './harness/stage.ts';
import { struck } from './harness/trial.ts';

test('a node is drained and comes back: no request fails', async () => {
  const cluster = clusterFrom('kind', process.env);
  const home = (await podOf(cluster, 'postgres')).spec.nodeName;
  const node = (await workersOf(cluster)).find((each) => each !== home) ?? '';
  await struck(await openStage(node), {
    victim: 'node', how: 'drained', unfailing: true,
    async strike() {
      await kubectl(cluster, ['drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=240s']).finally(() => kubectl(cluster, ['uncordon', node]));
    },
    back: (withinMs) => untilNodeReady(cluster, node, withinMs),
  });
});
