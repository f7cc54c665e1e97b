import { clusterFrom } from '@tradewind/kubernetes/kubectl/cluster.ts';
import { kubectl, kubectlJson, type Cluster } from '@tradewind/kubernetes/kubectl.ts';
import { runInCluster } from '@tradewind/kubernetes/job/run.ts';
import { verdictIn } from '@tradewind/kubernetes/platform.ts';
import type { Found } from '@tradewind/load/attempts.ts';
import { PlayElsewhere } from '@tradewind/load/elsewhere.ts';
import type { Ground } from '../../harness/ground.ts';

/** The platform that is installed in a cluster of kind, loaded from within. */
export interface KindStage extends Ground { cluster: Cluster }

/** @param spare a node that the load must not run on: the one to be struck. @throws Error in one line */
export async function openStage(spare?: string): Promise<KindStage> {
  const cluster = clusterFrom('kind', process.env);
  const node = (await workersOf(cluster)).find((each) => each !== spare);
  if (node === undefined) throw new Error('the cluster has no worker for the load');
  const plays = new Map<string, PlayElsewhere>();
  const acknowledged: string[] = [];
  return {
    cluster, acknowledged,
    play(run, perSecond) {
      const play = new PlayElsewhere(loadIn(cluster, { run, perSecond, node }));
      plays.set(run, play);
      return play;
    },
    verdict: () => verdictIn(cluster, acknowledged),
    found: (run) => Promise.resolve(foundBy(plays.get(run))),
    whereOrdersAre: () => kubectl(cluster, ['get', 'pods', '--output', 'wide', '--no-headers']),
  };
}

function foundBy(play: PlayElsewhere | undefined): Found {
  if (!play?.found) throw new Error('the load has not ended');
  return play.found;
}

interface LoadIn { run: string; perSecond: number; node: string }

/** Told to end by the signal that its program listens for: one sent to a process 1 from within its pod is delivered then. */
function loadIn(cluster: Cluster, { run, perSecond, node }: LoadIn): ConstructorParameters<typeof PlayElsewhere>[0] {
  let pod: string | undefined;
  return {
    run: (line) => runInCluster(cluster, {
      cronJob: 'operator', args: ['platform/kubernetes/load/main.ts'], env: { RUN: run, LOAD: String(perSecond) }, node, line,
      begun: (name) => { pod = name; },
    }),
    async end() {
      if (pod !== undefined) await kubectl(cluster, ['exec', pod, '--', 'node', '-e', 'process.kill(1, "SIGTERM")']);
    },
  };
}

/** Names of the nodes that carry the platform. */
export async function workersOf(cluster: Cluster): Promise<string[]> {
  const { items } = await kubectlJson<{ items: { metadata: { name: string } }[] }>(cluster, ['get', 'nodes', '--selector', '!node-role.kubernetes.io/control-plane']);
  return items.map(({ metadata: { name } }) => name);
}
