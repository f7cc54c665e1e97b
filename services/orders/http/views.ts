import type { Cause, LoadedOrder } from '../orders.ts';
import type { Request, Response } from '@tradewind/chassis/http/route.ts';
import { orderId } from '@tradewind/events/ids.ts';
import { money } from '@tradewind/events/money.ts';
import { z } from 'zod';

export const orderView = z.strictObject({
  orderId,
  status: z.enum(['placed', 'confirmed', 'cancelled']),
  version: z.int().min(1).meta({ description: "Events in the order's stream: pass it as `minVersion` to read your own write." }),
  total: money,
}).meta({ id: 'OrderAccepted' });

export const orderHeaders = { location: 'Where the order is.', etag: 'Its version.' };

/** An order just after a change; where it will be read, and from which version on. */
export function orderResponse(status: number, orderId: string, { state, version }: LoadedOrder): Response {
  if (state.status === 'absent') throw new Error(`order ${orderId} is absent after its change`);
  return {
    status, headers: { location: `/orders/${orderId}`, etag: `"${version}"` },
    body: { orderId, status: state.status, version, total: state.total } satisfies z.infer<typeof orderView>,
  };
}

export function causeOf({ requestId, traceparent }: Pick<Request, 'requestId' | 'traceparent'>): Cause {
  return { causationid: requestId, ...(traceparent !== undefined && { traceparent }) };
}
