import { exchanges, PARTITIONS, queueOf, topics } from '@tradewind/events/topology.ts';
import type { TopicSpec } from '@tradewind/log/port.ts';
import type { Topology } from '@tradewind/tasks/port.ts';

const queues = [queueOf.TakePayment, queueOf.RefundPayment];

export const ownTopics: TopicSpec[] = [{ name: topics.payments, partitions: PARTITIONS }];

export const topology: Topology = {
  exchanges: [{ name: exchanges.commands, kind: 'direct' }],
  queues: queues.map((name) => ({ name })),
  bindings: queues.map((queue) => ({ exchange: exchanges.commands, queue, pattern: queue })),
};
