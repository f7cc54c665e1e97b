import { authorize, callerOf } from './caller.ts';
import { idempotencyOf } from './idempotency.ts';
import { fitting, invalid } from './invalid.ts';
import { checkLeaves, parseJson } from './json.ts';
import { Problem } from './problem.ts';
import type { RawRequest } from './raw.ts';
import type { Response, Route } from './route.ts';
import type { Trace } from './trace.ts';

/** What the request is besides its bytes. */
export interface Invocation {
  route: Route;
  /** Decoded path parameters. */
  params: Record<string, string>;
  /** Without the question mark. */
  query: string;
  trace: Trace;
  /** Epoch milliseconds. */
  now: number;
  /** For callers that name no deadline, in ms. */
  patience: number;
}

/**
 * One operation, from bytes to answer: who calls, whether they may, whether there is still time, and
 * whether the request fits the route's schemas.
 * @throws Problem, or whatever `handle` throws.
 */
export async function invoke(raw: RawRequest, { route, params, query, trace, now, patience }: Invocation): Promise<Response> {
  const caller = callerOf(raw.headers['x-caller']);
  authorize(caller, route);
  const deadline = deadlineOf(raw.headers['x-deadline']) ?? now + patience;
  if (deadline <= now) throw new Problem('deadline-exceeded', 'The deadline had passed when the request arrived; nothing was done.');
  checkLeaves(params, 'path');
  const json = route.body ? bodyOf(raw) : undefined;
  const idempotency = route.idempotent ? { idempotency: idempotencyOf(route, caller, raw, json) } : {};
  return route.handle({
    params: route.params ? fitting(route.params, params, 'path') : params,
    query: route.query ? fitting(route.query, queryOf(query), 'query') : {},
    body: route.body ? fitting(route.body, json, 'body') : undefined,
    headers: raw.headers, caller, deadline, ...trace, ...idempotency,
  });
}

function deadlineOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

/** Values by name; a name that stands more than once has a list, which no schema of a single value takes. */
function queryOf(text: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  const given = new URLSearchParams(text);
  for (const name of new Set(given.keys())) {
    if (name === '__proto__') throw invalid([{ pointer: '/query', detail: 'The name __proto__ is reserved.' }]);
    const [first = '', ...more] = given.getAll(name);
    query[name] = more.length ? [first, ...more] : first;
  }
  checkLeaves(query, 'query');
  return query;
}

/** An absent body is undefined: whether that will do is the schema's to say. */
function bodyOf({ headers, body }: RawRequest): unknown {
  if (body.length === 0) return undefined;
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';').map((part) => part.trim());
  const charset = parameters.find((part) => part.startsWith('charset='))?.slice(8).replaceAll('"', '') ?? 'utf-8';
  const encoding = headers['content-encoding'] ?? 'identity';
  if (type !== 'application/json' || charset !== 'utf-8' || encoding !== 'identity')
    throw new Problem('media-type-unsupported', 'Send application/json in UTF-8, not compressed.');
  return parseJson(body);
}
