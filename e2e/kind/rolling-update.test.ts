import { beforeAll, test } from '@jest/globals';
import { serviceNames } from '@tradewind/embedded/service-names.ts';
import { kubectl } from '@tradewind/kubernetes/kubectl.ts';
import { openStage, USUAL, type KindStage } from './harness/stage.ts';
import { struck } from './harness/trial.ts';

const SERVICES = serviceNames.map((name) => `deployment/${name}`);

let stage: KindStage;
beforeAll(async () => { stage = await openStage({ patience: USUAL }); });

test('one service after the other is rolled: no request fails', async () => {
  await struck(stage, {
    victim: 'services', how: 'rolled one by one', unfailing: true,
    async strike() {
      for (const each of SERVICES) {
        await kubectl(stage.cluster, ['rollout', 'restart', each]);
        await kubectl(stage.cluster, ['rollout', 'status', each, '--timeout=120s']);
      }
    },
    back: () => Promise.resolve(),
  });
});

test('all services are rolled at once: no request fails', async () => {
  await struck(stage, {
    victim: 'services', how: 'rolled at once', unfailing: true,
    async strike() {
      await kubectl(stage.cluster, ['rollout', 'restart', ...SERVICES]);
      await kubectl(stage.cluster, ['rollout', 'status', ...SERVICES, '--timeout=300s']);
    },
    back: () => Promise.resolve(),
  });
});
