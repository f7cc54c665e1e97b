import { route, type Route } from '@tradewind/chassis/http/route.ts';
import { z } from 'zod';
import type { ReadModel } from '../read-model/port.ts';
import { countsSchema, orderBody, orderPage } from './views.ts';

interface Parts { model: ReadModel }

/** For operators. `recent` is for the console behind the gateway, which does not offer it. */
export function internalRoutes(parts: Parts): Route[] {
  return [counts(parts), recent(parts)];
}

function counts({ model }: Parts): Route {
  return route({
    method: 'GET', path: '/history/counts', operationId: 'countOrders', summary: 'Orders by status, sagas by state.',
    tag: 'History', audience: 'public', roles: ['operator'],
    responses: { 200: { description: 'How many of each.', schema: countsSchema } }, problems: [],
    handle: async () => ({ status: 200, body: await model.counts() }),
  });
}

function recent({ model }: Parts): Route {
  return route({
    method: 'GET', path: '/history/recent', operationId: 'recentOrders', summary: 'The newest orders of all customers.',
    tag: 'History', audience: 'internal', roles: ['operator'],
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
    responses: { 200: { description: 'Newest first.', schema: orderPage } }, problems: [],
    handle: async ({ query: { limit } }) => ({ status: 200, body: { items: (await model.list({}, undefined, limit)).orders.map(orderBody) } }),
  });
}
