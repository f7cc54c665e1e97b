import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { kubectl, kubectlJson, kubectlLines, type Cluster } from '../kubectl.ts';
import { jobOf, type CronJob, type Job } from './job.ts';
import { PodLog } from './log.ts';
import { whereabouts, type Pod, type Whereabouts } from './pod.ts';

export interface RunOptions {
  /** Suspended CronJob whose surroundings it runs in. */
  cronJob: string;
  /** Of the program. */
  args: string[];
  env?: Record<string, string>;
  /** Names and texts of files that it finds in `at`. Each goes there in a ConfigMap of its own, so that it may have nearly a mebibyte. */
  files?: { at: string; texts: Record<string, string> };
  /** Node to run on, whatever its taints; by default the scheduler chooses. */
  node?: string;
  /** Told the name of its pod once that has begun. */
  begun?(pod: string): void;
  /** Told each line that it writes, whichever stream it writes to. */
  line(text: string): void;
  /** Ends it. */
  signal?: AbortSignal;
}

const STARTS_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 200;
const AWAY_AT_MOST_MS = 120_000;

/**
 * Runs a program in the cluster as a Job, and removes that again.
 * @returns its exit code.
 * @throws Error in one line when it does not start, or is gone before it has ended.
 */
export async function runInCluster(cluster: Cluster, { cronJob, args, env = {}, files, node, begun, line, signal }: RunOptions): Promise<number> {
  const template = await kubectlJson<CronJob>(cluster, ['get', 'cronjob', cronJob]);
  const name = `${cronJob}-${randomBytes(5).toString('hex')}`;
  const configMaps = Object.entries(files?.texts ?? {}).map(([file, text], index) => ({ name: `${name}-${index}`, data: { [file]: text } }));
  const job = jobOf(template, {
    name, args, env, ...(files && { files: { at: files.at, configMaps: configMaps.map((each) => each.name) } }), ...(node !== undefined && { node }),
  });
  try {
    await create(cluster, job, configMaps);
    const pod = await started(cluster, name, signal);
    begun?.(pod);
    return await watched(cluster, pod, { line, ...(signal && { signal }) });
  } finally {
    await kubectl(cluster, ['delete', `job/${name}`, '--ignore-not-found', '--wait=false']).catch(() => undefined);
  }
}

/** The files go with the Job, whoever removes it. */
async function create(cluster: Cluster, job: Job, configMaps: { name: string; data: Record<string, string> }[]): Promise<void> {
  const made = await kubectl(cluster, ['create', '--filename', '-', '--output', 'json'], JSON.stringify(job));
  if (configMaps.length === 0) return;
  const { apiVersion, kind, metadata: { name, uid } } = JSON.parse(made) as { apiVersion: string; kind: string; metadata: { name: string; uid: string } };
  const ownerReferences = [{ apiVersion, kind, name, uid }];
  const items = configMaps.map((each) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: each.name, ownerReferences }, data: each.data }));
  await kubectl(cluster, ['create', '--filename', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

async function podOf(cluster: Cluster, job: string): Promise<Whereabouts> {
  const { items: [pod] } = await kubectlJson<{ items: Pod[] }>(cluster, ['get', 'pods', '--selector', `batch.kubernetes.io/job-name=${job}`]);
  return whereabouts(pod);
}

/** @returns the name of the Job's pod, once it has begun or is over. */
async function started(cluster: Cluster, job: string, signal?: AbortSignal): Promise<string> {
  let why = '';
  for (const end = Date.now() + STARTS_WITHIN_MS; Date.now() < end && !signal?.aborted; await sleep(LOOK_EVERY_MS)) {
    const pod = await persistently(() => podOf(cluster, job), signal);
    if (pod.state === 'running' || pod.state === 'ended') return pod.name;
    ({ why } = pod);
    if (pod.state !== 'waiting') break;
  }
  throw new Error(signal?.aborted ? 'interrupted' : `the Job ${job} does not start: ${why}`);
}

/** Passes the log on to its end, also past a break of the connection; what was shown is not shown again. */
async function watched(cluster: Cluster, pod: string, { line, signal }: Pick<RunOptions, 'line' | 'signal'>): Promise<number> {
  for (const log = new PodLog(); ; await sleep(LOOK_EVERY_MS)) {
    const before = whereabouts(await persistently(() => kubectlJson<Pod>(cluster, ['get', 'pod', pod]), signal));
    if (before.state === 'stuck' || before.state === 'lost') throw new Error(`the pod ${pod} was lost: ${before.why}`);
    for await (const stamped of kubectlLines(cluster, ['logs', '--follow', ...log.begin(), `pod/${pod}`], signal)) {
      const text = log.next(stamped);
      if (text !== undefined) line(text);
    }
    if (signal?.aborted) throw new Error('interrupted');
    if (before.state === 'ended') return before.code; // a log that was read after the end is whole
  }
}

/** Asks again while the API server does not answer: what runs in the cluster goes on meanwhile. */
async function persistently<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (const end = Date.now() + AWAY_AT_MOST_MS; ; await sleep(LOOK_EVERY_MS)) {
    try {
      return await ask();
    } catch (error) {
      if (signal?.aborted || Date.now() > end || /not found|forbidden/i.test(String(error))) throw error;
    }
  }
}
