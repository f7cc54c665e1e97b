import { test } from '@jest/globals';
import { kubectl } from '@tradewind/kubernetes/kubectl.ts';
import { openStage } from './harness/stage.ts';
import { struck } from './harness/trial.ts';

const SERVICES = ['gateway', 'orders', 'customers', 'inventory', 'payments', 'notifications', 'order-history'].map((name) => `deployment/${name}`);

test('all services are rolled at once: no request fails', async () => {
  const stage = await openStage();
  await struck(stage, {
    victim: 'services', how: 'rolled', unfailing: true,
    async strike() {
      await kubectl(stage.cluster, ['rollout', 'restart', ...SERVICES]);
      await kubectl(stage.cluster, ['rollout', 'status', ...SERVICES, '--timeout=300s']);
    },
    back: () => Promise.resolve(),
  });
});
