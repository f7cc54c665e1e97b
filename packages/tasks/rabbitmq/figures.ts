import type { QueueDepth } from '../port.ts';
import { deadQueue, movesExchange, ownerOfRetryQueue } from './layout.ts';
import type { ListedQueue, Management } from './management.ts';
import type { Scratch } from './scratch.ts';
import type { Topologies } from './topologies.ts';

interface Options {
  topologies: Topologies;
  /** Channels to ask by, side by side. */
  scratches: readonly Scratch[];
  management?: Management;
  /** What this client has in hand of a queue. */
  unsettled(queue: string): number;
}

/**
 * Ready, retrying and dead are asked of the queues themselves; what is in hand only the management API knows of others,
 * as it was at the queue's last tick. Without it: the queues that this client knows, and what it has in hand itself.
 */
export async function depths({ topologies, scratches, management, unsettled }: Options): Promise<QueueDepth[]> {
  const listed = new Map((await management?.queues())?.map((queue) => [queue.name, queue]));
  const queues = new Set([...topologies.queues.keys(), ...[...listed.values()].filter(isOfTasks).map(({ name }) => name)]);
  const retrying = new Map(topologies.retryQueues.map(({ name, queue }) => [name, queue]));
  for (const name of listed.keys()) {
    const owner = ownerOfRetryQueue(name);
    if (owner !== undefined && queues.has(owner)) retrying.set(name, owner);
  }
  const counts = await ready([...queues, ...[...queues].map(deadQueue), ...retrying.keys()], scratches, listed);
  return [...queues].sort().flatMap((queue) => {
    const count = counts.get(queue);
    if (count === undefined) return [];
    const waiting = [...retrying].filter(([, owner]) => owner === queue).reduce((sum, [name]) => sum + (counts.get(name) ?? 0), 0);
    const inHand = Math.max(unsettled(queue), listed.get(queue)?.messages_unacknowledged ?? 0);
    return [{ queue, ready: count, unsettled: inHand, retrying: waiting, dead: counts.get(deadQueue(queue)) ?? 0 }];
  });
}

function isOfTasks({ name, arguments: { 'x-dead-letter-exchange': exchange } }: ListedQueue): boolean {
  return exchange === movesExchange(name);
}

/** How many messages lie in each; nothing for those that are not there. */
async function ready(names: string[], scratches: readonly Scratch[], listed: ReadonlyMap<string, ListedQueue>): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const left = [...names];
  await Promise.all(scratches.map(async (scratch) => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const queue = name;
      const found = await scratch.find((channel) => channel.checkQueue(queue));
      if (found === 'locked') counts.set(queue, listed.get(queue)?.messages_ready ?? 0);
      else if (found) counts.set(queue, found.messageCount);
    }
  }));
  return counts;
}
