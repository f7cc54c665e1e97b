import { kubectl } from '@tradewind/kubernetes/kubectl.ts';
import { podsOf, Process, untilReady, type Pod } from './pods.ts';
import type { KindStage } from './stage.ts';
import { struck } from './trial.ts';
import type { Row } from '../../harness/row.ts';

/** A server's first process is killed; its kubelet starts it again beside its volume. @param name of its pods, as `app.kubernetes.io/name` has it */
export async function serverKilled(stage: KindStage, name: string): Promise<Row> {
  const { cluster } = stage;
  const pods = await podsOf(cluster, name);
  const pod = pods.at(-1);
  if (!pod) throw new Error(`there is no ${name}`);
  const process = await Process.of(pod);
  return struck(stage, {
    victim: name, how: `killed, of ${pods.length}`,
    strike: () => process.signal('KILL'),
    async back(withinMs) {
      await untilRestarted(stage, pod, withinMs);
      await untilReady(cluster, name, { count: pods.length, withinMs });
    },
  });
}

async function untilRestarted({ cluster }: KindStage, { metadata: { name }, status: { containerStatuses: [before] = [] } }: Pod, withinMs: number): Promise<void> {
  const count = (before?.restartCount ?? 0) + 1;
  await kubectl(cluster, ['wait', `pod/${name}`, `--for=jsonpath={.status.containerStatuses[0].restartCount}=${count}`, `--timeout=${Math.ceil(withinMs / 1_000)}s`]);
}
