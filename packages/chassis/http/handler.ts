import type { Service, World } from '../service.ts';
import { failureOf } from './failure.ts';
import { invoke } from './invoke.ts';
import { requestMetrics } from './observe.ts';
import { describe } from './openapi.ts';
import { Problem } from './problem.ts';
import type { Handler, RawRequest, RawResponse } from './raw.ts';
import { router } from './router.ts';
import { route, type Response, type Route } from './route.ts';
import { traceOf, type Trace } from './trace.ts';

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
  const { clock, random, logger, metrics } = world;
  const find = router([...service.routes, documentOf(service)]);
  const observe = requestMetrics(metrics, service.name);

  const answer = (raw: RawRequest, trace: Trace, now: number): { operation?: Route; response: Promise<Response> } => {
    const [path = '', query = ''] = splitOnce(raw.path, '?');
    const match = find(raw.method, path);
    if (match.type === 'found') {
      const { entry, params } = match;
      return { operation: entry, response: invoke(raw, { route: entry, params, query, trace, now, patience }) };
    }
    const problem = match.type === 'none'
      ? new Problem('route-unknown', 'No such resource.')
      : new Problem('method-not-allowed', `This resource has no ${raw.method.slice(0, 20)}.`, { headers: { allow: match.allow.join(', ') } });
    return { response: Promise.reject(problem) };
  };

  return async (raw) => {
    const begun = clock.now();
    const trace = traceOf(raw.headers, random);
    const { operation, response } = answer(raw, trace, begun);
    const answered = await response.then(rendered).catch((error: unknown) => {
      const { details, headers, unexpected } = failureOf(error, service.problems, trace.requestId);
      if (unexpected) logger.error({ err: error, ...trace, operation: operation?.operationId }, 'a request failed unexpectedly');
      return problemResponse(details.status, details, headers);
    });
    const seen = { route: operation?.path ?? 'none', method: operation?.method ?? 'none', status: answered.status, ms: clock.now() - begun };
    observe(seen);
    if (logger.isLevelEnabled('debug')) logger.debug({ ...seen, path: raw.path, ...trace }, 'request');
    return finished(answered, trace, raw.method === 'HEAD');
  };
}

function rendered({ status, body, headers = {} }: Response): RawResponse {
  if (body === undefined) return { status, headers, body: '' };
  return typeof body === 'string'
    ? { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body }
    : { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

function problemResponse(status: number, details: object, headers: Record<string, string>): RawResponse {
  return { status, headers: { 'content-type': 'application/problem+json', ...headers }, body: JSON.stringify(details) };
}

function finished({ status, headers, body }: RawResponse, trace: Trace, headersOnly: boolean): RawResponse {
  const all: Record<string, string> = {
    'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-request-id': trace.requestId, traceparent: trace.traceparent,
    ...headers,
  };
  if (status !== 204 && status !== 304) all['content-length'] = String(Buffer.byteLength(body));
  return { status, headers: all, body: headersOnly ? '' : body };
}

function documentOf(service: Serving): Route {
  let document: object | undefined;
  return route({
    method: 'GET', path: '/openapi.json', operationId: 'describeService', summary: 'This document.', tag: 'service',
    audience: 'internal', roles: [], problems: [], responses: { 200: { description: 'OpenAPI 3.1.' } },
    handle: () => Promise.resolve({ status: 200, body: document ??= describe(service, { title: service.name, version: '1.0.0' }) }),
  });
}

function splitOnce(text: string, mark: string): [string, string?] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
