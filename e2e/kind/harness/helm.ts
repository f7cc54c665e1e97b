import { execFile } from 'node:child_process';
import path from 'node:path';
import type { Cluster } from '@tradewind/kubernetes/kubectl.ts';

const CHART = path.join(import.meta.dirname, '../../../charts/platform');
const RELEASE = 'tradewind';
const WAIT = ['--wait', '--timeout', '5m'];

/** @returns what it printed. @throws Error with what helm said */
function helm({ context, namespace }: Cluster, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('helm', [...args, '--namespace', namespace, ...(context === undefined ? [] : ['--kube-context', context])], { maxBuffer: 64_000_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(stderr.trim() || error.message, { cause: error }));
      else resolve(stdout);
    });
  });
}

/** Changes values of the release, and waits until its pods are ready. @param values as `orders.replicas=2` */
export async function upgrade(cluster: Cluster, values: string[]): Promise<string> {
  await helm(cluster, ['dependency', 'build', CHART]);
  return helm(cluster, ['upgrade', RELEASE, CHART, '--reset-then-reuse-values', ...values.flatMap((value) => ['--set', value]), ...WAIT]);
}

/** All manifests as an installation in that namespace would have them. @param file of values, beside the chart */
export async function template(cluster: Cluster, file: string): Promise<string> {
  await helm(cluster, ['dependency', 'build', CHART]);
  return helm(cluster, ['template', RELEASE, CHART, '--validate', '--values', path.join(CHART, file)]);
}

/** To a revision of before. */
export function rollback(cluster: Cluster, to: number): Promise<string> {
  return helm(cluster, ['rollback', RELEASE, String(to), ...WAIT]);
}

/** Number of the newest one, and how it stands. */
export async function revision(cluster: Cluster): Promise<{ number: number; status: string }> {
  const [newest] = JSON.parse(await helm(cluster, ['history', RELEASE, '--max', '1', '--output', 'json'])) as { revision: number; status: string }[];
  if (!newest) throw new Error('the release has no history');
  return { number: newest.revision, status: newest.status };
}
