import type { Brokers } from '@tradewind/embedded/brokers.ts';
import type { Command } from 'commander';
import { platformOf } from './platform.ts';
import type { Terminal } from './terminal.ts';

/** Does `work` with the log and the work queue of the platform that the command names. */
export async function withBrokers<T>(command: Command, terminal: Terminal, work: (brokers: Brokers) => Promise<T>): Promise<T> {
  const platform = platformOf(command, terminal);
  const { openBrokers } = await import('@tradewind/embedded/brokers.ts'); // it takes a while: not for a line of help
  const brokers = await openBrokers(platform);
  try {
    return await work(brokers);
  } finally {
    await brokers.close();
  }
}
