import { exchanges, PARTITIONS, queueOf, topics } from '@tradewind/events/topology.ts';
import type { TopicSpec } from '@tradewind/log/port.ts';
import type { Topology } from '@tradewind/tasks/port.ts';

/** Commands that customers handles, each from a queue of its own. */
export const handled = ['ReserveCredit', 'ReleaseCredit', 'UseCredit'] as const;

export const ownTopics: TopicSpec[] = [{ name: topics.customers, partitions: PARTITIONS }];

export const topology: Topology = {
  exchanges: [{ name: exchanges.commands, kind: 'direct' }],
  queues: handled.map((command) => ({ name: queueOf[command] })),
  bindings: handled.map((command) => ({ exchange: exchanges.commands, queue: queueOf[command], pattern: queueOf[command] })),
};
