import type { Service, World } from '../service.ts';
import { answering } from './answering.ts';
import { invoke } from './invoke.ts';
import { describe } from './openapi.ts';
import type { Handler, RawResponse } from './raw.ts';
import { notFound, router, splitTarget } from './router.ts';
import { route, type Response, type Route } from './route.ts';

type Serving = Pick<Service, 'name' | 'routes' | 'problems'>;

export interface HandlerSettings {
  /** How long a caller is taken to wait that sends no `x-deadline`, in ms. */
  patience: number;
}

/**
 * Everything between bytes and a service's routes, in one function that Express and the simulation
 * share: matching, identity and roles, schemas, idempotency keys, deadline, trace, problems, metrics and
 * access log. Never rejects. Serves the service's own OpenAPI document at `/openapi.json`.
 */
export function handlerOf(service: Serving, world: World, { patience }: HandlerSettings = { patience: 10_000 }): Handler {
  const find = router([...service.routes, documentOf(service)]);
  return answering(service, world, (raw, trace, now) => {
    const { path, query } = splitTarget(raw.path);
    const match = find(raw.method, path);
    if (match.type !== 'found') return { response: Promise.reject(notFound(match, raw.method)) };
    const { entry, params } = match;
    return { operation: entry, response: invoke(raw, { route: entry, params, query, trace, now, patience }).then(rendered) };
  });
}

function rendered({ status, body, headers = {} }: Response): RawResponse {
  if (body === undefined) return { status, headers, body: '' };
  return typeof body === 'string'
    ? { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body }
    : { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

function documentOf(service: Serving): Route {
  let document: object | undefined;
  return route({
    method: 'GET', path: '/openapi.json', operationId: 'describeService', summary: 'This document.', tag: 'service',
    audience: 'internal', roles: [], problems: [], responses: { 200: { description: 'OpenAPI 3.1.' } },
    handle: () => Promise.resolve({ status: 200, body: document ??= describe(service, { title: service.name, version: '1.0.0' }) }),
  });
}
