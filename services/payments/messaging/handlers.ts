import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Envelope } from '@tradewind/events/envelope.ts';
import { queueOf } from '@tradewind/events/topology.ts';
import { taskHandler } from '@tradewind/tasks/handler.ts';
import type { Consumer, Tasks } from '@tradewind/tasks/port.ts';
import type { Cause, Payments } from '../payments.ts';

/** Handles the saga's commands, each once in effect: its inbox row is committed with its events, or without any. */
export function consumeCommands(
  { tasks, logger }: { tasks: Tasks; logger: Logger }, payments: Payments, prefetch: number,
): Promise<Consumer[]> {
  const { TakePayment: take, RefundPayment: refund } = queueOf;
  return Promise.all([
    tasks.consume(take, { prefetch }, (delivery) => {
      const again = delivery.attempt > 1 || delivery.redelivered;
      return taskHandler<'TakePayment'>(({ data }, envelope) => payments.take(data, causeOf(envelope, take), again), logger)(delivery);
    }),
    tasks.consume(refund, { prefetch }, taskHandler<'RefundPayment'>(
      ({ data }, envelope) => payments.refund(data.orderId, causeOf(envelope, refund)), logger)),
  ]);
}

function causeOf({ id, correlationid, traceparent }: Envelope, consumer: string): Cause {
  return {
    lineage: { correlationid, causationid: id, ...(traceparent !== undefined && { traceparent }) },
    inbox: { consumer, messageId: id },
  };
}
