import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { claim } from '@tradewind/embedded/folder.ts';
import type { Platform } from '@tradewind/embedded/platform.ts';
import { portIsFree } from '@tradewind/embedded/port.ts';
import type { KafkaClient } from './config.ts';
import type { Child } from './fleet/child.ts';
import { startFleet, type FleetOptions } from './fleet/fleet.ts';
import { accessOf, reachOf, serversOf } from './servers/access.ts';
import { containersOf, type Container } from './servers/containers.ts';
import { composeDown, composeUp, defaultPorts, portTaken, portVariables, running, type Project, type ServerPorts } from './servers/docker.ts';
import { generate } from './servers/generate.ts';
import { setUp } from './servers/set-up.ts';

export interface ComposeOptions {
  /** Data folder; one live platform at a time. Certificates, passwords and logs are beneath it. */
  data: string;
  /** Port of the gateway; 0 picks a free one. */
  port: number;
  say(line: string): void;
  /** Name of the containers and volumes. Default `tradewind`; two projects can run side by side, with other ports. */
  project?: string;
  ports?: ServerPorts;
  /** What becomes of the servers at the end. `as-found`: they are removed, but for their data, unless they ran before. */
  atEnd?: 'leave' | 'as-found' | 'remove-all';
  replicas?: FleetOptions['replicas'];
  kafkaClient?: KafkaClient;
  logLevel?: 'debug' | 'info' | 'warn' | 'error';
}

/** Every service a process of this one's, on servers in containers. */
export interface ComposePlatform extends Platform {
  /** In the order in which they start. */
  services: Child[];
  containers: Container[];
  project: Project;
}

/** @throws FolderInUse, or an Error in one line for a user. */
export async function startCompose(options: ComposeOptions): Promise<ComposePlatform> {
  await portIsFree(options.port);
  const held = claim(options.data);
  const project: Project = {
    name: options.project ?? 'tradewind', folder: path.join(held.folder, 'compose'), ports: options.ports ?? defaultPorts,
  };
  let found: Map<string, string> | undefined;
  const end = async (): Promise<void> => {
    try {
      if (found) await leave(project, options.atEnd ?? 'leave', found.size > 0);
    } finally {
      held.release();
    }
  };
  try {
    found = await running(project);
    return await start({ ...options, project, held, found, end });
  } catch (error) {
    await end().catch(() => undefined);
    throw error;
  }
}

interface Plan extends Omit<ComposeOptions, 'project'> {
  project: Project;
  held: ReturnType<typeof claim>;
  found: Map<string, string>;
  end(): Promise<void>;
}

async function start({ project, held, found, end, say, kafkaClient = 'kafkajs', ...options }: Plan): Promise<ComposePlatform> {
  const { folder } = held;
  const generated = await generate(project.folder, Date.now());
  await portsAreFree(project.ports, found);
  say(`Starting Kafka, RabbitMQ and PostgreSQL in containers (project ${project.name})`);
  await composeUp(project);
  const access = accessOf(generated, project.ports);
  await setUp(access);
  const containers = await containersOf(project);
  say(`Starting seven services as processes; each logs to ${path.join(folder, 'logs')}`);
  const reach = reachOf(access);
  const fleet = await startFleet({ ...options, servers: serversOf(access, generated, kafkaClient), reach, folder, say });
  held.announce({ ...reach, pid: process.pid, gateway: fleet.origin });
  return {
    ...fleet, folder, containers, project,
    async stop() {
      await fleet.stop().finally(end);
    },
  };
}

async function leave(project: Project, how: 'leave' | 'as-found' | 'remove-all', ranBefore: boolean): Promise<void> {
  if (how === 'remove-all') await composeDown(project, { volumes: true });
  if (how === 'as-found' && !ranBefore) await composeDown(project, { volumes: false });
}

/** Those of servers that run are theirs. @throws Error in one line */
async function portsAreFree(ports: ServerPorts, found: Map<string, string>): Promise<void> {
  for (const [name, port] of Object.entries(ports) as [keyof ServerPorts, number][]) {
    if (found.has(name === 'management' ? 'rabbitmq' : name)) continue;
    const probe = createServer();
    try {
      await once(probe.listen(port, '127.0.0.1'), 'listening');
    } catch (cause) {
      throw new Error(portTaken(port, portVariables[name]), { cause });
    }
    await once(probe.close(), 'close');
  }
}
