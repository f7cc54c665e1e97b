import { cursor } from '@tradewind/chassis/http/fields.ts';
import { Problem } from '@tradewind/chassis/http/problem.ts';
import { route, type Route } from '@tradewind/chassis/http/route.ts';
import type { EventStore } from '@tradewind/event-store/port.ts';
import { productId, stream } from '@tradewind/events/ids.ts';
import { z } from 'zod';
import type { Stock } from '../stock.ts';
import { cursorAfter, productOf } from './cursor.ts';
import { productPage, productView, viewOf, type ProductView } from './views.ts';

interface Parts { stock: Stock; store: EventStore }

const AN_ID = '[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}';
const query = z.strictObject({
  ids: z.string().regex(new RegExp(`^${AN_ID}(,${AN_ID}){0,99}$`)).optional()
    .meta({ description: 'These products only, by id, with commas between, at most 100; unknown ones are left out.' }),
  cursor: cursor.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export function catalogueRoutes(parts: Parts): Route[] {
  return [list(parts), get(parts)];
}

function list({ stock, store }: Parts): Route {
  return route({
    method: 'GET', path: '/products', operationId: 'listProducts', summary: 'Products by id: some, or all of them page by page.',
    tag: 'Products', audience: 'public', roles: [], query,
    responses: { 200: { description: 'Products.', schema: productPage } }, problems: ['cursor-invalid'],
    async handle({ query: { ids, cursor, limit } }) {
      if (ids !== undefined) return { status: 200, body: { items: await views(stock, [...new Set(ids.split(','))]) } };
      const after = cursor === undefined ? '' : stream.product(productOf(cursor));
      const page = (await store.streams(stream.product(''), after, limit)).map((each) => each.stream.slice(stream.product('').length));
      const last = page.at(-1);
      const next = last !== undefined && page.length === limit ? { nextCursor: cursorAfter(last) } : {};
      return { status: 200, body: { items: await views(stock, page), ...next } };
    },
  });
}

function get({ stock }: Parts): Route {
  return route({
    method: 'GET', path: '/products/{productId}', operationId: 'getProduct', summary: 'A product and its stock.',
    tag: 'Products', audience: 'public', roles: [], params: z.strictObject({ productId }),
    responses: { 200: { description: 'The product.', schema: productView } }, problems: ['product-unknown'],
    async handle({ params: { productId } }) {
      const [view] = await views(stock, [productId]);
      if (!view) throw new Problem('product-unknown', `There is no product ${productId}.`);
      return { status: 200, body: view };
    },
  });
}

async function views(stock: Stock, productIds: string[]): Promise<ProductView[]> {
  const loaded = await stock.products(productIds);
  return productIds.flatMap((id, index) => (loaded[index] && viewOf(id, loaded[index])) ?? []);
}
