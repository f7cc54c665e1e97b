import { setTimeout as sleep } from 'node:timers/promises';
import { test } from '@jest/globals';
import { docker } from '@tradewind/compose/servers/docker.ts';
import { kubectl } from '@tradewind/kubernetes/kubectl.ts';
import { controlPlaneOf } from './harness/nodes.ts';
import { openStage } from './harness/stage.ts';
import { struck } from './harness/trial.ts';

const PAUSED_MS = 30_000;

test('the API server stands still for half a minute: no request fails', async () => {
  const stage = await openStage();
  const node = await controlPlaneOf(stage.cluster);
  const signal = (name: string) => docker('exec', node, 'pkill', `-${name}`, '-x', 'kube-apiserver');
  await struck(stage, {
    victim: 'api-server', how: `stopped for ${PAUSED_MS / 1_000} s`, unfailing: true,
    async strike() {
      await signal('STOP');
      await sleep(PAUSED_MS).finally(() => signal('CONT'));
    },
    back: async (withinMs) => void await kubectl(stage.cluster, ['get', '--raw', '/readyz', `--request-timeout=${withinMs}ms`]),
  });
});
