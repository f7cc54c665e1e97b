import { exchanges, groups, PARTITIONS, topics } from '@tradewind/events/topology.ts';
import type { TopicSpec } from '@tradewind/log/port.ts';
import type { Topology } from '@tradewind/tasks/port.ts';

/** Group that reads the log for the sagas, and consumer of their inbox. */
export const SAGA_GROUP = groups.sagas;

/** Topics that the saga reads; the first is written here. */
export const sagaTopics: TopicSpec[] = [topics.orders, topics.customers, topics.inventory, topics.payments]
  .map((name) => ({ name, partitions: PARTITIONS }));

/** Exchanges written to, and this replica's own copy of what is said about the catalogue. */
export function topology(catalogueQueue: string): Topology {
  return {
    exchanges: [
      { name: exchanges.commands, kind: 'direct' },
      { name: exchanges.notifications, kind: 'topic' },
      { name: exchanges.broadcast, kind: 'fanout' },
    ],
    queues: [{ name: catalogueQueue, temporary: true }],
    bindings: [{ exchange: exchanges.broadcast, queue: catalogueQueue, pattern: '' }],
  };
}
