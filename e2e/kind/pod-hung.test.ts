import { beforeAll, expect, test } from '@jest/globals';
import { e2eConfig } from '../harness/config.ts';
import { podOf, podsOf, Process, untilReady, untilRestarted } from './harness/pods.ts';
import { openStage, type KindStage } from './harness/stage.ts';
import { struck } from './harness/trial.ts';

let stage: KindStage;
beforeAll(async () => { stage = await openStage(); });

const { short } = e2eConfig(process.env);

/** SIGSTOP from its node; nobody wakes it: the kubelet finds it dead by its liveness probe. */
test.each(short ? ['orders'] : ['gateway', 'orders', 'order-history'])('a pod of %s hangs', async (service) => {
  const { cluster } = stage;
  const count = (await podsOf(cluster, service)).length;
  const pod = await podOf(cluster, service);
  const process = await Process.of(pod);
  await struck(stage, {
    victim: service, how: 'pod hung',
    async strike() {
      await process.signal('STOP');
      expect(await process.state()).toBe('T');
    },
    async back(withinMs) {
      await untilRestarted(cluster, service, { pod, withinMs });
      await untilReady(cluster, service, { count, withinMs });
    },
  });
});
