import { expect, test } from '@jest/globals';
import { money } from '@tradewind/events/money.ts';
import { z } from 'zod';
import { describe as document } from './openapi.ts';
import type { Service } from '../service.ts';
import { route, type Route } from './route.ts';

const placeOrder = route({
  method: 'POST', path: '/orders/{orderId}/lines', operationId: 'addLine', summary: 'Adds a line.', tag: 'orders', audience: 'public',
  roles: ['customer'], idempotent: true, problems: ['order-unknown'],
  params: z.strictObject({ orderId: z.string().max(64).meta({ description: 'Order id.' }) }),
  query: z.strictObject({ dryRun: z.enum(['yes', 'no']).optional(), limit: z.coerce.number().int().max(9) }),
  body: z.strictObject({ price: money, note: z.string().optional() }).meta({ id: 'Line', examples: [{ price: { amount: 1, currency: 'EUR' } }] }),
  responses: {
    201: { description: 'Added.', schema: z.strictObject({ total: money }), headers: { location: 'Where.' } },
    404: { description: 'Also as text.', contentTypes: ['text/plain'] },
  },
  handle: () => Promise.resolve({ status: 201 }),
});
const service: Pick<Service, 'routes' | 'problems'> = {
  routes: [placeOrder], problems: { 'order-unknown': { status: 404, title: 'No such order', help: 'Look again.' } },
};
const described = () => document(service, { title: 'orders', version: '1.0.0' });
const operation = () => described().paths['/orders/{orderId}/lines']!['post']!;

test('parameters come from the schemas of path and query, and the idempotency key', () => {
  expect(operation().parameters).toMatchObject([
    { name: 'orderId', in: 'path', required: true, description: 'Order id.', schema: { type: 'string', maxLength: 64 } },
    { name: 'dryRun', in: 'query', required: false, schema: { enum: ['yes', 'no'] } },
    { name: 'limit', in: 'query', required: true, schema: { type: 'integer', maximum: 9 } },
    { name: 'Idempotency-Key', in: 'header', required: true },
  ]);
});

test('named schemas are components that bodies and answers refer to', () => {
  const { components } = described();
  expect(operation().requestBody).toEqual({ required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/Line' } } } });
  expect(components.schemas['Line']).toMatchObject({
    properties: { price: { $ref: '#/components/schemas/Money' } }, required: ['price'], additionalProperties: false,
    examples: [{ price: { amount: 1, currency: 'EUR' } }],
  });
  expect(components.schemas['Money']).toMatchObject({ type: 'object', required: ['amount', 'currency'] });
  expect(JSON.stringify(described())).not.toContain('$defs');
});

test('every reference leads somewhere', () => {
  const names = [...JSON.stringify(described()).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((found) => found[1]);
  expect(names.length).toBeGreaterThan(3);
  expect(Object.keys(described().components.schemas)).toEqual(expect.arrayContaining(names));
});

test('problems are answers by status, with an example of each code', () => {
  const { responses } = operation();
  expect(responses['404']).toMatchObject({
    content: { 'text/plain': { schema: { type: 'string' } }, 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  });
  const codes = Object.values(responses).flatMap((each) => Object.keys(each.content?.['application/problem+json']?.examples ?? {}));
  expect(codes).toEqual(expect.arrayContaining(['order-unknown', 'route-unknown', 'token-missing', 'forbidden', 'idempotency-key-reused', 'malformed-json', 'internal']));
  expect(responses['201']).toMatchObject({ headers: { location: { schema: { type: 'string' } } } });
});

test('a route for anyone asks for no token; one for roles does', () => {
  const open: Route = { ...placeOrder, roles: [] };
  expect(operation().security).toEqual([{ bearer: [] }]);
  expect(document({ ...service, routes: [open] }, { title: '', version: '' }).paths['/orders/{orderId}/lines']!['post']!.security).toEqual([{}]);
});

test('a problem code that nobody defines is an error', () => {
  const wrong: Route = { ...placeOrder, problems: ['no-such-code'] };
  expect(() => document({ ...service, routes: [wrong] }, { title: '', version: '' })).toThrow('addLine names the unknown problem no-such-code');
});

test('two different schemas of one name are an error', () => {
  const twin: Route = { ...placeOrder, path: '/twin', params: undefined, body: z.strictObject({ y: z.string() }).meta({ id: 'Line' }) };
  expect(() => document({ ...service, routes: [placeOrder, twin] }, { title: '', version: '' })).toThrow('Line');
});
