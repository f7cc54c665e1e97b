import { expect, test } from '@jest/globals';
import { describe as document } from '@tradewind/chassis/http/openapi.ts';
import { directHttp } from '@tradewind/chassis/http/direct.ts';
import type { OpenApi } from '@tradewind/chassis/http/openapi/document.ts';
import { route, type Route } from '@tradewind/chassis/http/route.ts';
import { z } from 'zod';
import { merge, publicDocument } from './document.ts';
import type { GatewayRoute } from '../routes.ts';

const operation = (path: string, item: z.ZodType, more: Partial<Route> = {}): Route => route({
  method: 'GET', path, operationId: path, summary: '', tag: path.slice(1), audience: 'public', roles: ['customer'], problems: [],
  responses: { 200: { description: '', schema: item } }, handle: () => Promise.resolve({ status: 200 }), ...more,
});
const described = (...routes: Route[]): OpenApi => document({ routes, problems: {} }, { title: '', version: '' });
const named = (id: string, shape: z.core.$ZodLooseShape) => z.strictObject(shape).meta({ id });

const table: GatewayRoute[] = [{ method: 'GET', path: '/a', service: 'one' }, { method: 'GET', path: '/b', service: 'two' }];
const one = described(operation('/a', named('ItemA', { x: z.string() })), operation('/b', named('Stray', {})), operation('/c', named('Unrouted', {})));
const two = described(operation('/b', named('ItemB', { y: z.string() })), operation('/a', z.string(), { audience: 'internal' }));

test('the public document has what is public and routed, from the service it is routed to', () => {
  const merged = merge([{ service: 'one', document: one }, { service: 'two', document: two }], table);
  expect(Object.keys(merged.paths)).toEqual(['/a', '/b']);
  expect(Object.keys(merged.components.schemas)).toEqual(['ItemA', 'ItemB', 'Problem']);
  expect(merged.tags).toEqual([{ name: 'a' }, { name: 'b' }]);
  expect(merge([{ service: 'two', document: two }], [{ method: 'GET', path: '/a', service: 'two' }]).paths).toEqual({});
});

test('two services may mean different things by one name', () => {
  const twin = JSON.parse(JSON.stringify(two).replaceAll('ItemB', 'ItemA')) as OpenApi;
  const merged = merge([{ service: 'one', document: one }, { service: 'two', document: twin }], table);
  expect(merged.components.schemas).toMatchObject({ ItemA: { properties: { x: {} } }, two_ItemA: { properties: { y: {} } } });
  expect(merged.paths['/b']?.['get']?.responses['200']?.content?.['application/json']?.schema).toEqual({ $ref: '#/components/schemas/two_ItemA' });
});

test('services are asked again after a while, and soon when one is missing; one that falls silent is described as before', async () => {
  let now = 0;
  const clock = { now: () => now, sleep: () => Promise.resolve(), after: () => () => undefined };
  const asked: string[] = [];
  const up: Record<string, OpenApi> = { one };
  const http = directHttp((service) => () => {
    asked.push(service);
    const body = up[service];
    return Promise.resolve(body ? { status: 200, headers: {}, body: JSON.stringify(body) } : { status: 503, headers: {}, body: '' });
  }, clock);
  const get = publicDocument({ http, clock, routes: table });
  const paths = async () => Object.keys((JSON.parse(await get()) as OpenApi).paths);

  expect(await Promise.all([paths(), paths()])).toEqual([['/a'], ['/a']]);
  expect(asked).toEqual(['one', 'two']);
  up['two'] = two;
  now += 2_000;
  expect(await paths()).toEqual(['/a', '/b']);
  delete up['one'];
  now += 29_999;
  expect(await paths()).toEqual(['/a', '/b']);
  expect(asked).toHaveLength(4);
  now += 1;
  expect(await paths()).toEqual(['/a', '/b']);
  expect(asked).toHaveLength(6);
});
