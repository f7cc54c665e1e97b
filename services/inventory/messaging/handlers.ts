import type { Logger } from '@tradewind/chassis/logger.ts';
import { queueOf } from '@tradewind/events/topology.ts';
import { taskHandler } from '@tradewind/tasks/handler.ts';
import type { Consumer, Tasks } from '@tradewind/tasks/port.ts';
import type { Stock } from '../stock.ts';
import { handled } from './topology.ts';

/** Handles the saga's commands, each once in effect: its inbox row is committed with its events, or without any. */
export function consumeCommands({ tasks, logger }: { tasks: Tasks; logger: Logger }, stock: Stock, prefetch: number): Promise<Consumer[]> {
  return Promise.all(handled.map((name) => {
    const queue = queueOf[name];
    return tasks.consume(queue, { prefetch }, taskHandler<typeof name>(async (command, { id, correlationid, traceparent }) => {
      const lineage = { correlationid, causationid: id, ...(traceparent !== undefined && { traceparent }) };
      await stock.handle(command, lineage, { consumer: queue, messageId: id });
    }, logger));
  }));
}
