import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';

/** Builds an image of a Dockerfile's text, and gives it to nodes of kind. @throws Error */
export async function buildOnto(nodes: string[], tag: string, dockerfile: string): Promise<void> {
  const building = spawn('docker', ['build', '--quiet', '--tag', tag, '-'], { stdio: ['pipe', 'ignore', 'inherit'] });
  building.stdin.end(dockerfile);
  await succeeds(building, 'docker build');
  for (const node of nodes) {
    const saving = spawn('docker', ['save', tag], { stdio: ['ignore', 'pipe', 'inherit'] });
    const importing = spawn('docker', ['exec', '--interactive', node, 'ctr', '--namespace', 'k8s.io', 'images', 'import', '-'], { stdio: ['pipe', 'ignore', 'inherit'] });
    await Promise.all([pipeline(saving.stdout, importing.stdin), succeeds(saving, 'docker save'), succeeds(importing, 'ctr images import')]);
  }
}

async function succeeds(child: ReturnType<typeof spawn>, what: string): Promise<void> {
  const [code] = await once(child, 'exit') as [number | null];
  if (code !== 0) throw new Error(`${what} ended with ${code}`);
}
