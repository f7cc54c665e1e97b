import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Cluster } from '@tradewind/kubernetes/kubectl.ts';
import { workersOf } from './nodes.ts';

const run = promisify(execFile);

/** Builds an image of a Dockerfile's text. @throws Error with what docker said */
export async function buildImage(tag: string, dockerfile: string): Promise<void> {
  const building = run('docker', ['build', '--quiet', '--tag', tag, '-']);
  building.child.stdin?.end(dockerfile);
  await building;
}

/** Gives images of this machine to the workers of a cluster of kind. @throws Error with what kind said */
export async function giveToWorkers(cluster: Cluster, images: string[]): Promise<void> {
  const name = cluster.context?.replace(/^kind-/, '') ?? 'kind';
  await run('kind', ['load', 'docker-image', '--name', name, '--nodes', (await workersOf(cluster)).join(','), ...images]);
}
