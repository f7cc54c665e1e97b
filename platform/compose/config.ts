import { embeddedConfig, wholeNumber, type EmbeddedConfig } from '@tradewind/embedded/config.ts';
import { defaultPorts, portVariables, type ServerPorts } from './servers/docker.ts';

export interface ComposeConfig extends EmbeddedConfig { project: string; ports: ServerPorts; kafkaClient: KafkaClient }

export type KafkaClient = 'kafkajs' | 'platformatic';

/**
 * Reads PORT, DATA, PROJECT, KAFKA_CLIENT and the ports of the servers.
 * @throws Error with one line, for a user, when one is wrong.
 */
export function composeConfig(env: NodeJS.ProcessEnv): ComposeConfig {
  const port = (name: keyof ServerPorts) => wholeNumber(env, portVariables[name], { fallback: defaultPorts[name], low: 1, high: 65_535 });
  return {
    ...embeddedConfig(env), project: projectOf(env),
    ports: { kafka: port('kafka'), rabbitmq: port('rabbitmq'), management: port('management'), postgres: port('postgres') },
    kafkaClient: kafkaClientOf(env),
  };
}

function projectOf(env: NodeJS.ProcessEnv): string {
  const name = env.PROJECT || 'tradewind';
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(name)) throw new Error(`PROJECT must be small letters, digits, - and _, not ${JSON.stringify(name)}`);
  return name;
}

function kafkaClientOf(env: NodeJS.ProcessEnv): KafkaClient {
  const client = env.KAFKA_CLIENT || 'kafkajs';
  if (client !== 'kafkajs' && client !== 'platformatic') throw new Error(`KAFKA_CLIENT must be kafkajs or platformatic, not ${JSON.stringify(client)}`);
  return client;
}
