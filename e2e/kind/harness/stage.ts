import { clusterFrom } from '@tradewind/kubernetes/kubectl/cluster.ts';
import { kubectl, type Cluster } from '@tradewind/kubernetes/kubectl.ts';
import { runInCluster } from '@tradewind/kubernetes/job/run.ts';
import { verdictIn } from '@tradewind/kubernetes/platform.ts';
import { foundFrom, type Found } from '@tradewind/load/attempts.ts';
import { PlayElsewhere } from '@tradewind/load/elsewhere.ts';
import type { Ground } from '../../harness/ground.ts';
import { workersOf } from './nodes.ts';

/** The platform that is installed in a cluster of kind, loaded from within. */
export interface KindStage extends Ground { cluster: Cluster }

/** How long clients of a load wait, in ms. */
export interface Patience { connect: number; answer: number }

/** Of a client that looks for another pod soon. */
const BRIEF: Patience = { connect: 1_000, answer: 3_000 };

/** Of a client that gives the gateway the time that this gives each request, and more. */
export const USUAL: Patience = { connect: 5_000, answer: 20_000 };

export interface StageOptions {
  /** A node that the load must not run on: the one to be struck. */
  spare?: string;
  /** Default brief. */
  patience?: Patience;
}

/** @throws Error in one line */
export async function openStage({ spare, patience = BRIEF }: StageOptions = {}): Promise<KindStage> {
  const cluster = clusterFrom('kind', process.env);
  const node = (await workersOf(cluster)).find((each) => each !== spare);
  if (node === undefined) throw new Error('the cluster has no worker for the load');
  const acknowledged: string[] = [];
  return {
    cluster, acknowledged,
    play: (run, perSecond) => new PlayElsewhere(loadIn(cluster, { run, perSecond, node, patience })),
    verdict: () => verdictIn(cluster, acknowledged),
    found: (run) => foundIn(cluster, run),
    whereOrdersAre: () => kubectl(cluster, ['get', 'pods', '--output', 'wide', '--no-headers']),
  };
}

/** Read by a Job of its own, once all has settled: a late redelivery that charges twice is seen too. */
async function foundIn(cluster: Cluster, run: string): Promise<Found> {
  const lines: string[] = [];
  const code = await runInCluster(cluster, { cronJob: 'operator', args: ['platform/kubernetes/load/found.ts'], env: { RUN: run }, line: (text) => lines.push(text) });
  if (code !== 0) throw new Error(lines.join('; '));
  return foundFrom(lines.join(''));
}

interface LoadIn { run: string; perSecond: number; node: string; patience: Patience }

/** Told to end by the signal that its program listens for: one sent to a process 1 from within its pod is delivered then. */
function loadIn(cluster: Cluster, { run, perSecond, node, patience: { connect, answer } }: LoadIn): ConstructorParameters<typeof PlayElsewhere>[0] {
  let pod: string | undefined;
  return {
    run: (line) => runInCluster(cluster, {
      cronJob: 'operator', args: ['platform/kubernetes/load/main.ts'], env: { RUN: run, LOAD: String(perSecond), CONNECT_TIMEOUT_MS: String(connect), ANSWER_TIMEOUT_MS: String(answer) }, node, line,
      begun: (name) => { pod = name; },
    }),
    async end() {
      if (pod !== undefined) await kubectl(cluster, ['exec', pod, '--', 'node', '-e', 'process.kill(1, "SIGTERM")']);
    },
  };
}
