import { freePorts } from '@tradewind/embedded/port.ts';
import type { ServerPorts } from './docker.ts';

/** For servers that live beside others: ports that nobody had a moment ago. */
export async function freeServerPorts(): Promise<ServerPorts> {
  const [kafka = 0, rabbitmq = 0, management = 0, postgres = 0] = await freePorts(4);
  return { kafka, rabbitmq, management, postgres };
}
