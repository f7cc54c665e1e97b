import type { Row } from '../../harness/row.ts';
import { podsOf, Process, untilReady, untilRestarted } from './pods.ts';
import type { KindStage } from './stage.ts';
import { struck } from './trial.ts';

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
      await untilRestarted(cluster, name, { pod, withinMs });
      await untilReady(cluster, name, { count: pods.length, withinMs });
    },
  });
}
