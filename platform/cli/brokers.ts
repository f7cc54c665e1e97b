import type { Brokers } from '@tradewind/embedded/brokers.ts';
import type { Command } from 'commander';
import { inCluster } from './in-cluster.ts';
import { placeOf } from './place.ts';
import { reachFrom } from './reach.ts';
import type { Context } from './terminal.ts';

/** Does `work` with the log and the work queue of the platform that the command names; in a cluster, the whole command is done in there. */
export async function withBrokers(command: Command, context: Context, work: (brokers: Brokers) => Promise<void>): Promise<void> {
  const place = placeOf(command, context);
  if (place.type === 'kubernetes') return inCluster(place.cluster, { cronJob: 'operator' }, context);
  const { openBrokers } = await import('@tradewind/embedded/brokers.ts'); // it takes a while: not for a line of help
  const brokers = await openBrokers(await reachFrom(place, context.env));
  try {
    await work(brokers);
  } finally {
    await brokers.close();
  }
}
