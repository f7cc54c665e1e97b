import { kubectl, type Cluster } from '@tradewind/kubernetes/kubectl.ts';
import { workersOf } from './nodes.ts';

interface Summary {
  pods: { podRef: { name: string; namespace: string }; cpu?: { usageCoreNanoSeconds?: number; time: string }; memory?: { workingSetBytes?: number } }[];
}

/** What a pod has used: CPU in ms since it began, memory in bytes, by its kubelet, which looks every ten seconds or so. */
export interface Used { cpuMs: number; at: number; bytes: number }

export async function usageByPod(cluster: Cluster): Promise<Map<string, Used>> {
  const all = new Map<string, Used>();
  for (const node of await workersOf(cluster)) {
    const { pods } = JSON.parse(await kubectl(cluster, ['get', '--raw', `/api/v1/nodes/${node}/proxy/stats/summary`])) as Summary;
    for (const { podRef: { name, namespace }, cpu, memory } of pods)
      if (namespace === cluster.namespace && cpu?.usageCoreNanoSeconds !== undefined)
        all.set(name, { cpuMs: cpu.usageCoreNanoSeconds / 1e6, at: Date.parse(cpu.time), bytes: memory?.workingSetBytes ?? 0 });
  }
  return all;
}

/** By service or server, the pods of each together: cores between two looks, and megabytes at the second. */
export function byName(before: Map<string, Used>, after: Map<string, Used>): Map<string, { pods: number; cores: number; megabytes: number }> {
  const sums = new Map<string, { pods: number; cores: number; megabytes: number }>();
  for (const [pod, { cpuMs, at, bytes }] of after) {
    const was = before.get(pod);
    if (!was || at <= was.at) continue;
    const name = nameOf(pod);
    const sum = sums.get(name) ?? { pods: 0, cores: 0, megabytes: 0 };
    sums.set(name, { pods: sum.pods + 1, cores: sum.cores + (cpuMs - was.cpuMs) / (at - was.at), megabytes: sum.megabytes + bytes / 2 ** 20 });
  }
  return new Map([...sums].sort(([a], [b]) => a.localeCompare(b)));
}

/** `orders-848c5d5dc6-28ffw` is of orders, `kafka-brokers-0` of kafka-brokers. */
export function nameOf(pod: string): string {
  return pod.replace(/-[0-9a-f]{8,10}-[a-z0-9]{5}$|-\d+$/, '');
}
