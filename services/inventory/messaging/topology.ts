import { exchanges, PARTITIONS, queueOf, topics } from '@tradewind/events/topology.ts';
import type { TopicSpec } from '@tradewind/log/port.ts';
import type { Topology } from '@tradewind/tasks/port.ts';

/** Commands that inventory handles, each from a queue of its own. */
export const handled = ['ReserveStock', 'ReleaseStock', 'SellStock'] as const;

export const ownTopics: TopicSpec[] = [{ name: topics.inventory, partitions: PARTITIONS }];

/** Whoever keeps a cache of products binds a queue of its own to the broadcast. */
export const topology: Topology = {
  exchanges: [{ name: exchanges.commands, kind: 'direct' }, { name: exchanges.broadcast, kind: 'fanout' }],
  queues: handled.map((command) => ({ name: queueOf[command] })),
  bindings: handled.map((command) => ({ exchange: exchanges.commands, queue: queueOf[command], pattern: queueOf[command] })),
};
