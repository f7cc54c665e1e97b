import { beforeAll, test } from '@jest/globals';
import { serviceNames } from '@tradewind/embedded/service-names.ts';
import { kubectl } from '@tradewind/kubernetes/kubectl.ts';
import { e2eConfig } from '../harness/config.ts';
import { podOf, podsOf, untilReady } from './harness/pods.ts';
import { openStage, type KindStage } from './harness/stage.ts';
import { struck } from './harness/trial.ts';

let stage: KindStage;
beforeAll(async () => { stage = await openStage(); });

const { short } = e2eConfig(process.env);

test.each(short ? ['orders'] : serviceNames)('a pod of %s is killed', async (service) => {
  const { cluster } = stage;
  const count = (await podsOf(cluster, service)).length;
  const { metadata: { name } } = await podOf(cluster, service);
  await struck(stage, {
    victim: service, how: 'pod killed',
    strike: async () => void await kubectl(cluster, ['delete', 'pod', name, '--grace-period=0', '--force']),
    back: (withinMs) => untilReady(cluster, service, { count, withinMs }),
  });
});
