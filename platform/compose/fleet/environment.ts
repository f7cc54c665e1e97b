import { identity } from '@tradewind/embedded/identity.ts';
import { peerVariable } from '@tradewind/process/config.ts';
import type { ServiceName } from '@tradewind/embedded/service-names.ts';
import { reaches, type DatabaseName } from '../services.ts';

/** What services stand on, and how each of them gets there. */
export type Servers =
  /** One PostgreSQL for everything; the database `brokers` is log and work queue. */
  | { type: 'postgres'; url(database: DatabaseName | 'brokers'): string }
  | {
      type: 'servers';
      /** Certificate of the authority (PEM file). */
      caFile: string;
      /** With the user of that service. */
      database(name: DatabaseName, service: ServiceName): string;
      kafka: { brokers: string[]; client: string; password(service: ServiceName): string };
      rabbitmq(service: ServiceName): string;
    };

export interface Surroundings {
  servers: Servers;
  /** Origins of each service. */
  origins: Record<ServiceName, string[]>;
  jwksFile: string;
  console: string;
  logLevel: string;
}

/** Environment variables of a service's process: its own reach and no more. */
export function environmentOf(service: ServiceName, { port, adminPort }: { port: number; adminPort: number }, all: Surroundings): Record<string, string> {
  const { databases, log, tasks, asks } = reaches[service];
  return {
    NODE_ENV: 'production', PORT: String(port), ADMIN_PORT: String(adminPort), LOG_LEVEL: all.logLevel,
    ...Object.fromEntries(Object.entries(databases).map(([variable, name]) => [variable, databaseUrl(all.servers, name, service)])),
    ...(log && logVariables(service, all.servers)),
    ...(tasks && tasksVariables(service, all.servers)),
    ...Object.fromEntries(asks.map((peer) => [peerVariable(peer), all.origins[peer].join(',')])),
    ...(service === 'gateway' && {
      TOKENS_JWKS_FILE: all.jwksFile, TOKENS_ISSUER: identity.issuer, TOKENS_AUDIENCE: identity.audience, CONSOLE_URL: all.console,
    }),
  };
}

function databaseUrl(servers: Servers, name: DatabaseName, service: ServiceName): string {
  return servers.type === 'postgres' ? servers.url(name) : servers.database(name, service);
}

function logVariables(service: ServiceName, servers: Servers): Record<string, string> {
  if (servers.type === 'postgres') return { LOG: 'postgres', LOG_DATABASE_URL: servers.url('brokers') };
  const { brokers, client, password } = servers.kafka;
  return {
    LOG: 'kafka', KAFKA_BROKERS: brokers.join(','), KAFKA_CLIENT: client, KAFKA_CA_FILE: servers.caFile,
    KAFKA_MECHANISM: 'plain', KAFKA_USERNAME: service, KAFKA_PASSWORD: password(service),
  };
}

function tasksVariables(service: ServiceName, servers: Servers): Record<string, string> {
  if (servers.type === 'postgres') return { TASKS: 'postgres', TASKS_DATABASE_URL: servers.url('brokers') };
  return { TASKS: 'rabbitmq', RABBITMQ_URL: servers.rabbitmq(service), RABBITMQ_CA_FILE: servers.caFile };
}
