import { setTimeout as sleep } from 'node:timers/promises';
import { docker } from '@tradewind/compose/servers/docker.ts';
import { kubectlJson, type Cluster } from '@tradewind/kubernetes/kubectl.ts';

/** What is read of a pod. */
export interface Pod {
  metadata: { name: string; uid: string; deletionTimestamp?: string };
  spec: { nodeName?: string };
  status: {
    podIP?: string;
    conditions?: { type: string; status: string }[];
    containerStatuses?: { containerID?: string; restartCount: number; name: string }[];
  };
}

/** Those of a service or server, by its name. */
export async function podsOf(cluster: Cluster, name: string): Promise<Pod[]> {
  const { items } = await kubectlJson<{ items: Pod[] }>(cluster, ['get', 'pods', '--selector', `app.kubernetes.io/name=${name}`]);
  return items.filter(({ metadata: { deletionTimestamp } }) => deletionTimestamp === undefined);
}

/** One of them that is ready. */
export async function podOf(cluster: Cluster, name: string): Promise<Pod> {
  const pod = (await podsOf(cluster, name)).find(isReady);
  if (!pod) throw new Error(`no pod of ${name} is ready`);
  return pod;
}

export function isReady({ status: { conditions = [] } }: Pod): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** Resolves when `count` of them are ready. @throws Error when they are not in time */
export async function untilReady(cluster: Cluster, name: string, { count, withinMs }: { count: number; withinMs: number }): Promise<void> {
  for (const end = Date.now() + withinMs; ; await sleep(500)) {
    const ready = (await podsOf(cluster, name).catch(() => [])).filter(isReady).length;
    if (ready >= count) return;
    if (Date.now() > end) throw new Error(`${ready} of ${count} pods of ${name} are ready after ${withinMs / 1_000} s`);
  }
}

/** Resolves when its kubelet has started its container again. @throws Error when it has not in time */
export async function untilRestarted(cluster: Cluster, name: string, { pod, withinMs }: { pod: Pod; withinMs: number }): Promise<void> {
  const restarts = restartsOf(pod);
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(500)) {
    const now = (await podsOf(cluster, name).catch(() => [])).find(({ metadata: { uid } }) => uid === pod.metadata.uid);
    if (restartsOf(now) > restarts) return;
  }
  throw new Error(`${pod.metadata.name} is not started again after ${withinMs / 1_000} s`);
}

function restartsOf(pod: Pod | undefined): number {
  return pod?.status.containerStatuses?.[0]?.restartCount ?? 0;
}

/** A pod's first process, as its node numbers it: signals that its own pod could not send reach it from there. */
export class Process {
  readonly #node: string;
  readonly #pid: string;

  private constructor(node: string, pid: string) {
    this.#node = node;
    this.#pid = pid;
  }

  static async of({ spec: { nodeName = '' }, status, metadata: { name } }: Pod): Promise<Process> {
    const id = status.containerStatuses?.[0]?.containerID?.replace('containerd://', '');
    const tasks = await docker('exec', nodeName, 'ctr', '--namespace', 'k8s.io', 'task', 'ls');
    const pid = tasks.split('\n').map((line) => line.trim().split(/\s+/)).find(([task]) => task === id)?.[1];
    if (id === undefined || pid === undefined) throw new Error(`no process of ${name} is found on ${nodeName}`);
    return new Process(nodeName, pid);
  }

  async signal(signal: 'KILL' | 'STOP' | 'CONT'): Promise<void> {
    await docker('exec', this.#node, 'kill', `-${signal}`, this.#pid);
  }

  /** As the kernel has it: `T` when it is stopped. */
  async state(): Promise<string> {
    const stat = await docker('exec', this.#node, 'cat', `/proc/${this.#pid}/stat`);
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  }
}
