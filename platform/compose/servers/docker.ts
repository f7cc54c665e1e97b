import { execFile } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const UP_WITHIN_S = 180;

/** Which containers, and where they are reached. */
export interface Project {
  /** Containers, volumes and network begin with it. */
  name: string;
  /** What `compose.yaml` mounts. */
  folder: string;
  ports: ServerPorts;
}

/** On 127.0.0.1. */
export interface ServerPorts { kafka: number; rabbitmq: number; management: number; postgres: number }

export const defaultPorts: ServerPorts = { kafka: 29_092, rabbitmq: 25_671, management: 25_673, postgres: 25_432 };

/** By the environment variable that chooses each. */
export const portVariables: Record<keyof ServerPorts, string> = {
  kafka: 'KAFKA_PORT', rabbitmq: 'RABBITMQ_PORT', management: 'RABBITMQ_MANAGEMENT_PORT', postgres: 'POSTGRES_PORT',
};

export const serverNames = ['kafka', 'rabbitmq', 'postgres'] as const;

/** Starts what is not running; resolves when all are healthy. @throws Error in one line */
export async function composeUp(project: Project): Promise<void> {
  await compose(project, 'up', '--detach', '--wait', '--wait-timeout', String(UP_WITHIN_S), '--quiet-pull');
}

/** Removes containers and network, and with `volumes` all data. @throws Error in one line */
export async function composeDown({ name }: Pick<Project, 'name'>, { volumes }: { volumes: boolean }): Promise<void> {
  // By their labels, where no file is: what the file mounts may be gone.
  await call(['compose', '--project-name', name, 'down', '--timeout', '20', ...(volumes ? ['--volumes'] : [])], process.env, '/');
}

/** Ids of the project's containers, by server, of those that run. @throws Error in one line */
export async function running(project: Project): Promise<Map<string, string>> {
  const format = '{{.Label "com.docker.compose.service"}} {{.ID}}';
  const lines = await docker('ps', '--no-trunc', '--filter', `label=com.docker.compose.project=${project.name}`, '--format', format);
  return new Map(lines.split('\n').filter(Boolean).map((line) => line.split(' ') as [string, string]));
}

function compose({ name, folder, ports }: Project, ...args: string[]): Promise<string> {
  const variables = Object.fromEntries(Object.entries(portVariables).map(([server, variable]) => [variable, String(ports[server as keyof ServerPorts])]));
  return call(['compose', '--project-name', name, '--file', path.join(ROOT, 'compose.yaml'), '--progress', 'plain', ...args], {
    ...process.env, ...variables, TRADEWIND_COMPOSE: folder,
  });
}

/** @returns what it printed. @throws Error in one line */
export function docker(...args: string[]): Promise<string> {
  return call(args, process.env);
}

function call(args: string[], env: NodeJS.ProcessEnv, cwd = ROOT): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('docker', args, { env, cwd, maxBuffer: 16_000_000 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout.trim());
      reject(new Error(error.signal ? `docker was interrupted (${error.signal})` : inOneLine(error.code === 'ENOENT' ? 'ENOENT' : stderr || stdout || error.message), { cause: error }));
    });
  });
}

const REASONS: [RegExp, string][] = [
  [/^ENOENT$/, 'this needs Docker with its compose plugin, and `docker` is not on the PATH'],
  [/is not a docker command|unknown (flag|shorthand).*(project-name|'compose')|unknown command.*compose/, 'this needs the compose plugin of Docker, version 2.20 or newer'],
  [/cannot connect to the docker daemon|error during connect|is the docker daemon running/i, "Docker's engine is not running; start it first"],
  [/permission denied.*docker(\.sock| daemon| API)/i, "this user may not use Docker's engine"],
];

/** What is known is said in our words; of the rest, the line that tells of an error. */
export function inOneLine(said: string): string {
  const known = REASONS.find(([pattern]) => pattern.test(said));
  if (known) return known[1];
  const port = /(?:bind|allocated|listen)[^\n]*?:(\d+)[^\n]*(?:already in use|already allocated|failed)|:(\d+) failed: port is already allocated/i.exec(said);
  if (port) return portTaken(Number(port[1] ?? port[2]));
  const lines = said.split('\n').map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));
  return `docker: ${lines.findLast((line) => /error|unhealthy|exited|failed/i.test(line)) ?? lines.at(-1) ?? 'it failed'}`;
}

export function portTaken(port: number, variable?: string): string {
  return `port ${port} cannot be listened on, since another program does; choose another with ${variable ?? Object.values(portVariables).join('=, ')}=`;
}
