import { cursor } from '@tradewind/chassis/http/fields.ts';
import { Problem } from '@tradewind/chassis/http/problem.ts';
import { route, type Caller, type Route } from '@tradewind/chassis/http/route.ts';
import { commands } from '@tradewind/events/commands/catalogue.ts';
import { customerId, orderId } from '@tradewind/events/ids.ts';
import { z } from 'zod';
import type { NotificationModel } from '../model/port.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

const query = z.strictObject({
  customerId: customerId.optional().meta({ description: "Operators only: this customer's notifications." }),
  cursor: cursor.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

const notificationPage = z.strictObject({
  items: z.array(z.strictObject({
    orderId, customerId, kind: commands.NotifyCustomer.schema.shape.kind, subject: z.string(), text: z.string(), at: z.iso.datetime(),
  })),
  nextCursor: z.string().optional().meta({ description: 'For the next page; absent on the last.' }),
}).meta({ id: 'NotificationPage' });

export function notificationRoutes(model: NotificationModel): Route[] {
  return [route({
    method: 'GET', path: '/notifications', operationId: 'listNotifications',
    summary: "What customers were told, newest first: a customer's own, or all for an operator.",
    tag: 'Notifications', audience: 'public', roles: ['customer', 'operator'], query,
    responses: { 200: { description: 'One page.', schema: notificationPage } }, problems: ['cursor-invalid'],
    async handle({ query: { cursor, limit, ...wanted }, caller }) {
      const customerId = whose(wanted.customerId, caller);
      const after = cursor === undefined ? undefined : decodeCursor(cursor);
      const { notifications, next } = await model.list(customerId === undefined ? {} : { customerId }, after, limit);
      const items = notifications.map(({ at, ...rest }) => ({ ...rest, at: new Date(at).toISOString() }));
      return { status: 200, body: { items, ...(next && { nextCursor: encodeCursor(next) }) } };
    },
  })];
}

function whose(wanted: string | undefined, caller: Caller): string | undefined {
  if (caller.role !== 'customer') return wanted;
  if (wanted !== undefined && wanted !== caller.customerId) throw new Problem('forbidden', 'A customer may see their own notifications only.');
  return caller.customerId;
}
