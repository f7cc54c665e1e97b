import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { listen } from '@tradewind/chassis/http/express/listen.ts';
import { openLocalIssuer, type Subject } from '@tradewind/chassis/jose/issuer.ts';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { bundle } from '@tradewind/console/bundle.ts';
import { mountConsole } from '@tradewind/console/mount.ts';
import type { Status } from '@tradewind/console/status.ts';
import { openBrokers } from '@tradewind/embedded/brokers.ts';
import type { Reach } from '@tradewind/embedded/folder.ts';
import { identity } from '@tradewind/embedded/identity.ts';
import { openLedger } from '@tradewind/embedded/ledger.ts';
import { reportOf } from '@tradewind/embedded/verdict.ts';
import type { Verdict } from '@tradewind/ledger/verdict.ts';
import { serviceNames, type ServiceName } from '@tradewind/embedded/service-names.ts';
import { Child } from './child.ts';
import { environmentOf, type Servers } from './environment.ts';
import { freePorts } from '@tradewind/embedded/port.ts';
import { countsAt, observe } from './status.ts';

const READY_WITHIN_MS = 90_000;

export interface FleetOptions {
  servers: Servers;
  /** How this process, the console and the ledger get at what the servers keep. */
  reach: Reach;
  /** Keys, logs and the issuer's key pair go here. */
  folder: string;
  /** Port of the gateway; 0 picks a free one. */
  port: number;
  /** Processes of a service, where not one. The gateway has one. */
  replicas?: Partial<Record<Exclude<ServiceName, 'gateway'>, number>>;
  logLevel?: string;
  say(line: string): void;
}

/** All services, each in a process of its own. */
export interface Fleet {
  /** Of the gateway. */
  origin: string;
  services: Child[];
  token(subject: Subject): Promise<string>;
  status(): Promise<Status>;
  /** @param acknowledged orders that a client was told were accepted. */
  verdict(acknowledged?: () => Iterable<string>): Promise<Verdict>;
  /** Services first, in the reverse of the order in which they started. */
  stop(): Promise<void>;
}

/** @throws Error in one line for a user when a service does not start. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { folder, reach } = options;
  const closing: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const issuer = await openLocalIssuer({ folder, ...identity, clock });
    const ledger = await openLedger(reach);
    closing.push(() => ledger.close());
    const brokers = await openBrokers(reach);
    closing.push(() => brokers.close());
    const operator = () => issuer.issue({ operator: 'console' });
    let origin = '';
    const observer = observe({ databases: reach.databases, brokers, counts: async () => countsAt(origin, await operator()) });
    closing.push(() => observer.close());
    const files = await bundle();
    const console = await listen(nothingElse, { port: 0, clock, mounts: (app) => mountConsole(app, files, {
      status: () => observer.status(), ledger: async () => reportOf(await ledger.verdict()), token: operator,
    }) });
    closing.push(() => console.stop());
    const jwksFile = path.join(folder, 'jwks.json');
    writeFileSync(jwksFile, JSON.stringify(issuer.jwks));
    const services = await childrenOf(options, { jwksFile, console: console.url });
    closing.push(() => stopAll(services));
    origin = services.find(({ service }) => service === 'gateway')?.url ?? '';
    await startAll(services);
    return { origin, services, stop, token: (subject) => issuer.issue(subject), status: () => observer.status(), verdict: (acknowledged) => ledger.verdict(acknowledged) };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

const nothingElse = () => Promise.resolve({ status: 404, headers: {}, body: '' });

async function childrenOf({ servers, folder, port, replicas = {}, logLevel = 'info', say }: FleetOptions, places: { jwksFile: string; console: string }): Promise<Child[]> {
  const logs = path.join(folder, 'logs');
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const numbered = serviceNames.flatMap((service) => Array.from({ length: service === 'gateway' ? 1 : replicas[service] ?? 1 }, (_, at) => ({
    service, name: at === 0 ? service : `${service}-${at + 1}`,
  })));
  const ports = await freePorts(2 * numbered.length);
  const placed = numbered.map((each, at) => ({
    ...each, port: each.service === 'gateway' && port !== 0 ? port : ports[2 * at] ?? 0, adminPort: ports[2 * at + 1] ?? 0,
  }));
  const originsOf = (service: ServiceName) => placed.filter((each) => each.service === service).map((each) => originOf(each.port));
  const origins = Object.fromEntries(serviceNames.map((service) => [service, originsOf(service)])) as Record<ServiceName, string[]>;
  return placed.map(({ service, name, ...at }) => new Child({
    service, name, say, url: originOf(at.port), admin: originOf(at.adminPort), log: path.join(logs, `${name}.log`),
    env: environmentOf(service, at, { servers, origins, logLevel, ...places }),
  }));
}

function originOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** All at once, since each waits for what it needs; the gateway is ready when one of the others was. */
async function startAll(services: Child[]): Promise<void> {
  for (const each of services) each.start();
  await Promise.all(services.map((each) => each.untilReady(READY_WITHIN_MS)));
}

/** The gateway takes no more requests before those it asks go. */
async function stopAll(services: Child[]): Promise<void> {
  const gateways = services.filter(({ service }) => service === 'gateway');
  await Promise.all(gateways.map((each) => each.stop()));
  await Promise.all(services.map((each) => each.stop()));
}
