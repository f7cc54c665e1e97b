import { readConfig } from '@tradewind/chassis/config.ts';
import { databaseNames, type DatabaseName } from '@tradewind/compose/services.ts';
import type { BrokerAccess, Reach } from '@tradewind/embedded/folder.ts';
import { logConfig, tasksConfig } from '@tradewind/process/config.ts';
import { z } from 'zod';

const databaseUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' });
const databases = z.object(Object.fromEntries(databaseNames.map((name) => [variableOf(name), databaseUrl])));
const brokers = z.object({
  KAFKA_BROKERS: logConfig.KAFKA_BROKERS.unwrap(), KAFKA_CA_FILE: logConfig.KAFKA_CA_FILE.unwrap(), KAFKA_MECHANISM: logConfig.KAFKA_MECHANISM,
  KAFKA_USERNAME: logConfig.KAFKA_USERNAME.unwrap(), KAFKA_PASSWORD: logConfig.KAFKA_PASSWORD.unwrap(),
  RABBITMQ_URL: tasksConfig.RABBITMQ_URL.unwrap(), RABBITMQ_CA_FILE: tasksConfig.RABBITMQ_CA_FILE,
  RABBITMQ_MANAGEMENT_URL: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }),
});

/** All variables of a pod's reach. */
export const reachConfig = databases.extend(brokers.shape);

/**
 * How a pod reaches what the platform keeps, each server by one user: `ORDERS_DATABASE_URL` and so on, and the variables by which a
 * service is told of Kafka and RabbitMQ, with `RABBITMQ_MANAGEMENT_URL`.
 * @throws CodedError `config-invalid`
 */
export function reachOf(env: NodeJS.ProcessEnv): Reach {
  const urls = readConfig(databases, env);
  const access = accessOf(readConfig(brokers, env));
  return {
    topology: 'environment', operator: access, ledger: access,
    databases: Object.fromEntries(databaseNames.map((name) => [name, urls[variableOf(name)] ?? ''])),
  };
}

function accessOf(settings: z.infer<typeof brokers>): BrokerAccess {
  return {
    caFile: settings.KAFKA_CA_FILE,
    kafka: {
      brokers: settings.KAFKA_BROKERS.split(',').map((each) => each.trim()),
      mechanism: settings.KAFKA_MECHANISM, username: settings.KAFKA_USERNAME, password: settings.KAFKA_PASSWORD,
    },
    rabbitmq: {
      url: settings.RABBITMQ_URL, management: settings.RABBITMQ_MANAGEMENT_URL,
      ...(settings.RABBITMQ_CA_FILE !== undefined && { caFile: settings.RABBITMQ_CA_FILE }),
    },
  };
}

/** `ORDER_HISTORY_DATABASE_URL` for `order_history`. */
function variableOf(name: DatabaseName): string {
  return `${name.toUpperCase()}_DATABASE_URL`;
}
