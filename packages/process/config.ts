import { configErrors } from '@tradewind/chassis/config.ts';
import { z } from 'zod';

/** Settings that several services share, by the names of their environment variables. */

const port = z.coerce.number('must be a port').int('must be a port').min(0, 'must be a port').max(65_535, 'must be a port');
const milliseconds = z.coerce.number('must be milliseconds').int('must be milliseconds').min(0, 'must be milliseconds');
const databaseUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' });
const file = z.string();

/** A whole number of at least 1. */
export const count = z.coerce.number('must be a whole number').int('must be a whole number').min(1, 'must be 1 or more');

/** One or more origins, separated by commas; of several, one is taken in turn. */
export const origins = z.string()
  .transform((text) => text.split(',').map((each) => each.trim().replace(/\/$/, '')))
  .pipe(z.array(z.url({ protocol: /^https?$/, error: 'must be http:// URLs, separated by commas' })).min(1));

/** Of every service. */
export const processConfig = {
  HOST: z.string().default('127.0.0.1').describe('Address to listen on, for both ports'),
  PORT: port.default(8080).describe('Port of the HTTP API; 0 picks a free one'),
  ADMIN_PORT: port.default(9090).describe('Port of `/metrics`, `/health/live` and `/health/ready`'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('What is logged, as JSON lines on standard error'),
  START_WITHIN_MS: milliseconds.default(60_000).describe('How long the start waits for servers that do not answer'),
  DRAIN_MS: milliseconds.default(0).describe('How long the process goes on serving after SIGTERM, being unready, before it takes no more connections'),
  STOP_WITHIN_MS: milliseconds.default(25_000).describe('How long a stop may take after that; then the process ends as it is'),
};

export const databaseConfig = {
  DATABASE_URL: databaseUrl.describe("The service's own database; `?sslmode=verify-full&sslrootcert=FILE` for TLS"),
};

export const logConfig = {
  LOG: z.enum(['kafka', 'postgres']).default('kafka').describe('What carries the log'),
  LOG_DATABASE_URL: databaseUrl.optional().describe('With `LOG=postgres`: its database'),
  KAFKA_BROKERS: z.string().optional().describe('With `LOG=kafka`: `host:port`, several separated by commas'),
  KAFKA_CLIENT: z.enum(['kafkajs', 'platformatic']).default('kafkajs').describe('Client library'),
  KAFKA_CA_FILE: file.optional().describe("Certificate of the authority that signed the brokers' (PEM); TLS is used when it is set"),
  KAFKA_MECHANISM: z.enum(['plain', 'scram-sha-512']).default('scram-sha-512').describe('SASL mechanism'),
  KAFKA_USERNAME: z.string().optional().describe('SASL user; none without it'),
  KAFKA_PASSWORD: z.string().optional().describe('Password of that user'),
};

export const tasksConfig = {
  TASKS: z.enum(['rabbitmq', 'postgres']).default('rabbitmq').describe('What carries the work queue'),
  TASKS_DATABASE_URL: databaseUrl.optional().describe('With `TASKS=postgres`: its database'),
  RABBITMQ_URL: z.url({ protocol: /^amqps?$/, error: 'must be an amqp:// or amqps:// URL' }).optional().describe('With `TASKS=rabbitmq`: broker, user, password and virtual host'),
  RABBITMQ_CA_FILE: file.optional().describe("Certificate of the authority that signed the broker's (PEM)"),
};

export type ProcessConfig = Settings<typeof processConfig>;
export type DatabaseConfig = Settings<typeof databaseConfig>;
export type LogConfig = Settings<typeof logConfig>;
export type TasksConfig = Settings<typeof tasksConfig>;
type Settings<Shape extends z.ZodRawShape> = z.infer<z.ZodObject<Shape>>;

/** Where other services listen: `INVENTORY_URL` for `inventory`. */
export function peerVariable(service: string): string {
  return `${service.replaceAll('-', '_').toUpperCase()}_URL`;
}

/**
 * A setting that others make necessary.
 * @throws CodedError `config-invalid`
 */
export function needed<Name extends string>(config: { [name in Name]?: string | undefined }, name: Name): string {
  const value = config[name];
  if (value === undefined) throw configErrors.error('config-invalid', `${name}: is missing`);
  return value;
}
