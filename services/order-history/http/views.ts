import { cancelReason } from '@tradewind/events/facts/orders.ts';
import { customerId, orderId, productId, quantity } from '@tradewind/events/ids.ts';
import { money } from '@tradewind/events/money.ts';
import { z } from 'zod';
import { orderStatuses, sagaStates, type OrderView } from '../domain/order-view.ts';

const instant = z.iso.datetime();
const version = z.int().min(1).meta({ description: "Events in the order's stream that this view shows." });
export const orderStatus = z.enum(orderStatuses);

export const orderSchema = z.strictObject({
  orderId, customerId, status: orderStatus,
  saga: z.enum(sagaStates).optional().meta({ description: 'Where the process behind the order stands; absent until it began.' }),
  lines: z.array(z.strictObject({ productId, quantity, unitPrice: money })), total: money,
  reason: cancelReason.optional().meta({ description: 'Why it was cancelled.' }), detail: z.string().optional(),
  placedAt: instant, settledAt: instant.optional().meta({ description: 'When it was confirmed or cancelled.' }),
  version, updatedAt: instant,
}).meta({ id: 'Order' });

export const orderPage = z.strictObject({
  items: z.array(orderSchema), nextCursor: z.string().optional().meta({ description: 'For the next page; absent on the last.' }),
}).meta({ id: 'OrderPage' });

export const auditTrail = z.strictObject({
  orderId,
  items: z.array(z.strictObject({
    time: instant, event: z.string(), type: z.string(), summary: z.string(), stream: z.string(), version: z.int().min(1),
    id: z.string(), causation: z.string().meta({ description: 'Id of the message or request that led to it.' }),
    actor: z.string().meta({ description: '`customer:ID`, `operator:NAME` or `service:NAME`.' }),
  })),
}).meta({ id: 'AuditTrail' });

const tally = <Name extends string>(names: readonly [Name, ...Name[]]) => z.record(z.enum(names), z.int().min(0));
export const countsSchema = z.strictObject({ orders: tally(orderStatuses), sagas: tally(sagaStates) }).meta({ id: 'OrderCounts' });

export function orderBody({ placedAt, settledAt, updatedAt, ...rest }: OrderView): z.infer<typeof orderSchema> {
  return {
    ...rest, placedAt: rfc3339(placedAt), ...(settledAt !== undefined && { settledAt: rfc3339(settledAt) }), updatedAt: rfc3339(updatedAt),
  };
}

export function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}
