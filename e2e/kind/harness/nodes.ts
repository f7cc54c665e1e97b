import { setTimeout as sleep } from 'node:timers/promises';
import { docker } from '@tradewind/compose/servers/docker.ts';
import { kubectlJson, type Cluster } from '@tradewind/kubernetes/kubectl.ts';
import { isReady, type Pod } from './pods.ts';

interface Node { metadata: { name: string }; status: { conditions: { type: string; status: string }[] } }

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
