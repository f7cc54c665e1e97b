import { cursor } from '@tradewind/chassis/http/fields.ts';
import { Problem } from '@tradewind/chassis/http/problem.ts';
import { route, type Caller, type Route } from '@tradewind/chassis/http/route.ts';
import { customerId, orderId } from '@tradewind/events/ids.ts';
import { z } from 'zod';
import type { OrderView } from '../domain/order-view.ts';
import { timelineText } from '../domain/timeline-text.ts';
import { timeline } from '../domain/timeline.ts';
import type { OrderFilter, ReadModel } from '../read-model/port.ts';
import { accepted } from './accept.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { orderAt, type UpToDate } from './up-to-date.ts';
import { auditTrail, orderBody, orderPage, orderSchema, orderStatus } from './views.ts';

export interface OrderRoutesParts extends UpToDate { model: ReadModel; patienceMs: number }

const params = z.strictObject({ orderId });
const minVersion = z.coerce.number().int().min(1).max(2 ** 31 - 1)
  .meta({ description: "Wait until the view shows at least this version of the order's stream, as the answer to a change carries it." });
const orderQuery = z.strictObject({ minVersion: minVersion.optional() });
const instant = z.iso.datetime({ offset: true });
const listQuery = z.strictObject({
  status: orderStatus.optional(),
  customerId: customerId.optional().meta({ description: "Operators only: this customer's orders." }),
  placedAfter: instant.optional(), placedBefore: instant.optional(),
  cursor: cursor.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export function orderRoutes(parts: OrderRoutesParts): Route[] {
  return [get(parts), list(parts), events(parts)];
}

function get(parts: OrderRoutesParts): Route {
  return route({
    method: 'GET', path: '/orders/{orderId}', operationId: 'getOrder', summary: 'An order as it stands.',
    tag: 'Orders', audience: 'public', roles: ['customer', 'operator'], params, query: orderQuery,
    responses: { 200: { description: 'The order.', schema: orderSchema, headers: { etag: "Version of the order's stream that it shows." } } },
    problems: ['order-unknown', 'read-model-behind'],
    async handle({ params: { orderId }, query: { minVersion: version }, caller, deadline }) {
      const body = orderBody(visible(await orderNow(parts, { orderId, version, deadline }), orderId, caller));
      return { status: 200, headers: { etag: `"${body.version}"` }, body };
    },
  });
}

/** The order as the view has it: at least at `version` where one is asked for, for which it is waited until `deadline`. */
async function orderNow(
  parts: OrderRoutesParts, { orderId, version, deadline }: { orderId: string; version: number | undefined; deadline: number },
): Promise<OrderView | undefined> {
  if (version === undefined) return parts.model.order(orderId);
  const until = Math.min(parts.clock.now() + parts.patienceMs, deadline);
  const order = await orderAt(parts, { orderId, version, until });
  if (!order) throw new Problem('read-model-behind', `The view of this order is not at version ${version} yet.`, { headers: { 'retry-after': '1' } });
  return order;
}

/** A customer sees their own orders only, and does not learn that there are others. */
function visible(order: OrderView | undefined, orderId: string, caller: Caller): OrderView {
  if (!order || (caller.role === 'customer' && order.customerId !== caller.customerId))
    throw new Problem('order-unknown', `There is no order ${orderId}.`);
  return order;
}

function list({ model }: OrderRoutesParts): Route {
  return route({
    method: 'GET', path: '/orders', operationId: 'listOrders', summary: "Orders, newest first: a customer's own, or all for an operator.",
    tag: 'Orders', audience: 'public', roles: ['customer', 'operator'], query: listQuery,
    responses: { 200: { description: 'One page.', schema: orderPage } }, problems: ['cursor-invalid'],
    async handle({ query, caller }) {
      const cursor = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
      const { orders, next } = await model.list(filterOf(query, caller), cursor, query.limit);
      return { status: 200, body: { items: orders.map(orderBody), ...(next && { nextCursor: encodeCursor(next) }) } };
    },
  });
}

function filterOf(query: z.infer<typeof listQuery>, caller: Caller): OrderFilter {
  const { status, placedAfter, placedBefore } = query;
  if (caller.role === 'customer' && query.customerId !== undefined && query.customerId !== caller.customerId)
    throw new Problem('forbidden', 'A customer may list their own orders only.');
  const customerId = caller.role === 'customer' ? caller.customerId : query.customerId;
  return {
    ...(customerId !== undefined && { customerId }), ...(status && { status }),
    ...(placedAfter !== undefined && { placedAfter: Date.parse(placedAfter) }),
    ...(placedBefore !== undefined && { placedBefore: Date.parse(placedBefore) }),
  };
}

function events(parts: OrderRoutesParts): Route {
  return route({
    method: 'GET', path: '/orders/{orderId}/events', operationId: 'getOrderEvents',
    summary: 'Everything that happened to an order, in every service; readable by people with `Accept: text/plain`.',
    tag: 'Orders', audience: 'public', roles: ['customer', 'operator'], params, query: orderQuery,
    responses: { 200: { description: 'The audit trail.', schema: auditTrail, contentTypes: ['application/json', 'text/plain'] } },
    problems: ['order-unknown', 'not-acceptable', 'read-model-behind'],
    async handle({ params: { orderId }, query: { minVersion: version }, caller, headers, deadline }) {
      const type = accepted(headers['accept']);
      const order = visible(await orderNow(parts, { orderId, version, deadline }), orderId, caller);
      const trail = timeline(await parts.model.audit(orderId), order);
      const body = type === 'text/plain' ? timelineText(order, trail) : { orderId, items: trail };
      return { status: 200, headers: { vary: 'accept' }, body };
    },
  });
}
