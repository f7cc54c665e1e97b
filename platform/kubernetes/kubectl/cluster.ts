import { execFile, spawn, type ChildProcess } from 'node:child_process';

/** Which cluster, and where in it the platform is. */
export interface Cluster {
  /** Of the kubeconfig; its current one where undefined. */
  context: string | undefined;
  namespace: string;
}

/**
 * The cluster that CONTEXT and NAMESPACE name. Without them: kubectl's current context, or, for kind, that of the cluster that
 * `make up` makes (CLUSTER), and the namespace `tradewind`.
 */
export function clusterFrom(topology: 'kubernetes' | 'kind', env: NodeJS.ProcessEnv): Cluster {
  const usual = topology === 'kind' ? `kind-${env.CLUSTER || 'kind'}` : undefined;
  return { context: env.CONTEXT || usual, namespace: env.NAMESPACE || 'tradewind' };
}

/** Runs kubectl. @param input for its standard input. @returns what it printed. @throws Error in one line */
export function kubectl(cluster: Cluster, args: string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile('kubectl', [...place(cluster), ...args], { maxBuffer: 64_000_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(inOneLine(error.code === 'ENOENT' ? 'ENOENT' : stderr || error.message), { cause: error }));
      else resolve(stdout);
    });
    child.stdin?.on('error', () => undefined); // it may end without having read
    child.stdin?.end(input);
  });
}

/** An object of the cluster. @throws Error in one line, also when it is not there */
export async function get<Kind>(cluster: Cluster, ...args: string[]): Promise<Kind> {
  return JSON.parse(await kubectl(cluster, ['get', ...args, '--output', 'json'])) as Kind;
}

/** Starts kubectl, its output to be read as it comes. */
export function follow(cluster: Cluster, args: string[]): ChildProcess {
  return spawn('kubectl', [...place(cluster), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

function place({ context, namespace }: Cluster): string[] {
  return [...(context === undefined ? [] : ['--context', context]), '--namespace', namespace];
}

/** What kubectl says against something, in our words where it is of the surroundings. */
export function inOneLine(said: string): string {
  if (said === 'ENOENT') return 'this needs kubectl, and it is not on the PATH';
  const line = said.split('\n').map((each) => each.trim()).findLast((each) => each !== '' && !each.startsWith('Warning:')) ?? 'it failed';
  return `kubectl: ${line.replace(/^error: /i, '')}`;
}
