import { setTimeout as sleep } from 'node:timers/promises';
import { docker } from '@tradewind/compose/servers/docker.ts';
import { kubectlJson, type Cluster } from '@tradewind/kubernetes/kubectl.ts';
import { isReady, podOf, type Pod } from './pods.ts';

interface Node { metadata: { name: string }; status: { conditions: { type: string; status: string }[] } }

/** Names of the nodes that carry the platform. */
export function workersOf(cluster: Cluster): Promise<string[]> {
  return labelled(cluster, '!node-role.kubernetes.io/control-plane');
}

/** The node of the API server. @throws Error when there is none */
export async function controlPlaneOf(cluster: Cluster): Promise<string> {
  return known((await labelled(cluster, 'node-role.kubernetes.io/control-plane'))[0], 'no control plane');
}

/** The node that has PostgreSQL and its volume. @throws Error when it is not ready */
export async function homeOf(cluster: Cluster): Promise<string> {
  return known((await podOf(cluster, 'postgres')).spec.nodeName, 'no node for PostgreSQL');
}

/** A worker whose loss leaves PostgreSQL where it is. @throws Error when there is none */
export async function workerBesides(cluster: Cluster): Promise<string> {
  const home = await homeOf(cluster);
  return known((await workersOf(cluster)).find((each) => each !== home), 'no worker without PostgreSQL');
}

async function labelled(cluster: Cluster, selector: string): Promise<string[]> {
  const { items } = await kubectlJson<{ items: Node[] }>(cluster, ['get', 'nodes', '--selector', selector]);
  return items.map(({ metadata: { name } }) => name);
}

function known(name: string | undefined, otherwise: string): string {
  if (name === undefined) throw new Error(`the cluster has ${otherwise}`);
  return name;
}

/** Resolves when the node is ready, with every pod of the platform that it has. Its status is stale for some seconds after it returns. */
export async function untilNodeReady(cluster: Cluster, name: string, withinMs: number): Promise<void> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(1_000)) {
    const node = await kubectlJson<Node>(cluster, ['get', 'node', name]).catch(() => undefined);
    if (!node?.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) continue;
    const pods = await kubectlJson<{ items: (Pod & { status: { phase: string } })[] }>(cluster, ['get', 'pods', '--field-selector', `spec.nodeName=${name}`]);
    if (pods.items.every((pod) => isReady(pod) || pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed')) return;
  }
  throw new Error(`${name} and its pods are not ready after ${withinMs / 1_000} s`);
}

/** A node's container is an ordinary one: killed, it is a machine without power; paused, one that hangs. */
export const nodes = {
  kill: (name: string) => docker('kill', name),
  start: (name: string) => docker('start', name),
  pause: (name: string) => docker('pause', name),
  unpause: (name: string) => docker('unpause', name),
};
