import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { docker } from '@tradewind/compose/servers/docker.ts';
import { kubectl, kubectlJson, type Cluster } from '@tradewind/kubernetes/kubectl.ts';
import { ROOT } from '../../../test/skaffold/config.ts';
import type { Artifact, Pipeline } from '../../../test/skaffold/pipeline.ts';
import { helmArgs, type Tags } from '../../../test/skaffold/release.ts';
import { syncOf, type Change, type Sync } from '../../../test/skaffold/sync.ts';
import { giveToWorkers } from './images.ts';

const run = promisify(execFile);
/** Where skaffold deploys to. */
export interface Target extends Cluster { context: string }

/** Builds every artifact; its tag is its own id, as skaffold's is where nothing is pushed. @throws Error with what docker said */
export async function build({ build: { artifacts, local } }: Pipeline): Promise<Tags> {
  const tags: Tags = new Map();
  for (const { image, docker: { dockerfile, target } } of artifacts) {
    const args = ['build', '--quiet', '--file', dockerfile, ...(target === undefined ? [] : ['--target', target]), '.'];
    const { stdout } = await run('docker', args, { cwd: ROOT, env: { ...process.env, DOCKER_BUILDKIT: local.useBuildkit ? '1' : '0' } });
    const id = stdout.trim().replace('sha256:', '');
    await docker('tag', id, `${image}:${id}`);
    tags.set(image, id);
  }
  return tags;
}

/** Gives the nodes of kind what was built. */
export async function load(target: Target, tags: Tags): Promise<void> {
  await giveToWorkers(target, [...tags].map(([image, tag]) => `${image}:${tag}`));
}

/** Runs the hooks, and installs the releases, or upgrades those that are there. @throws Error with what helm said */
export async function deploy(target: Target, { deploy: { helm: { flags, hooks, releases } } }: Pipeline, tags: Tags): Promise<void> {
  const there = { cwd: ROOT, env: { ...process.env, SKAFFOLD_KUBE_CONTEXT: target.context } };
  for (const { host: { command: [program = '', ...args] } } of hooks.before) await run(program, args, there);
  for (const release of releases) {
    const helm = (...args: string[]) => run('helm', ['--kube-context', target.context, ...args], { ...there, maxBuffer: 64_000_000 });
    const command = await helm('get', 'all', '--namespace', release.namespace, release.name).then(() => 'upgrade' as const, () => 'install' as const);
    await helm('dep', 'build', release.chartPath);
    await helm(...helmArgs(release, command, { flags, tags }));
  }
}

interface Pods { items: { metadata: { name: string; deletionTimestamp?: string }; spec: { containers: { name: string; image: string }[] }; status: { phase: string } }[] }

/**
 * Puts changed files into all containers of the images that they belong to, as skaffold's rules say it.
 * @returns how many containers, by image. @throws Error when a file has no rule, for then skaffold would build
 */
export async function sync(target: Target, { build: { artifacts } }: Pipeline, tags: Tags, changes: Change[]): Promise<Map<string, number>> {
  const { items } = await kubectlJson<Pods>(target, ['get', 'pods']);
  const running = items.filter(({ metadata, status }) => status.phase === 'Running' && metadata.deletionTimestamp === undefined);
  const counts = await Promise.all(artifacts.map(async (artifact) => {
    const plan = await planOf(artifact, `${artifact.image}:${tags.get(artifact.image)}`, changes);
    const containers = running.flatMap(({ metadata, spec }) => spec.containers.filter(({ image }) => image === plan.image).map(({ name }) => ({ pod: metadata.name, name })));
    await Promise.all(containers.map(({ pod, name }) => put(target, ['exec', pod, '-c', name], plan)));
    return [artifact.image, containers.length] as const;
  }));
  return new Map(counts);
}

async function planOf(artifact: Artifact, image: string, changes: Change[]): Promise<Sync & { image: string }> {
  const workdir = await docker('image', 'inspect', '--format', '{{.Config.WorkingDir}}', image);
  const plan = syncOf(artifact, changes, workdir);
  if (plan === 'rebuild') throw new Error(`${changes.map(({ file }) => file).join(', ')}: no rule, so ${artifact.image} would be built again`);
  return { ...plan, image };
}

async function put(target: Target, exec: string[], { write, remove }: Sync): Promise<void> {
  if (write.size > 0) await kubectl(target, [...exec, '-i', '--', 'tar', 'xmf', '-', '-C', '/', '--no-same-owner'], archive(write));
  if (remove.length > 0) await kubectl(target, [...exec, '--', 'rm', '-rf', '--', ...remove]);
}

/** A tar file of texts, by absolute path: files only, no folders. */
function archive(files: Map<string, string>): string {
  const staged = mkdtempSync(path.join(tmpdir(), 'tradewind-sync-'));
  try {
    for (const [file, text] of files) {
      mkdirSync(path.dirname(path.join(staged, file)), { recursive: true });
      writeFileSync(path.join(staged, file), text);
    }
    return execFileSync('tar', ['cf', '-', '-C', staged, ...[...files.keys()].map((file) => file.slice(1))], { encoding: 'utf8' });
  } finally {
    rmSync(staged, { recursive: true });
  }
}
