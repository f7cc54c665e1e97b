import type { Service, World } from '../service.ts';
import { failureOf } from './failure.ts';
import { requestMetrics } from './observe.ts';
import type { Handler, RawRequest, RawResponse } from './raw.ts';
import { traceOf, type Trace } from './trace.ts';

/** What is being done for a request: by which operation, and what will come of it. */
export interface Undertaking { operation?: { method: string; path: string }; response: Promise<RawResponse> }

/**
 * A handler around `work` that never rejects: what `work` throws is answered as a problem, and each
 * answer carries the id and trace of its request, is counted, timed and, at level debug, logged.
 */
export function answering(
  { name, problems }: Pick<Service, 'name' | 'problems'>,
  { clock, random, logger, metrics }: World,
  work: (raw: RawRequest, trace: Trace, now: number) => Undertaking,
): Handler {
  const observe = requestMetrics(metrics, name);

  const problemOf = (error: unknown, { requestId, traceparent }: Trace): RawResponse => {
    const { details, headers, unexpected } = failureOf(error, problems, requestId);
    if (unexpected) logger.error({ err: error, requestId, traceparent }, 'a request failed unexpectedly');
    return { status: details.status, headers: { ...headers, 'content-type': 'application/problem+json' }, body: JSON.stringify(details) };
  };

  return async (raw) => {
    const begun = clock.now();
    const trace = traceOf(raw.headers, random);
    const { operation, response } = work(raw, trace, begun);
    const answer = await response.catch((error: unknown) => problemOf(error, trace));
    const seen = { route: operation?.path ?? 'none', method: operation?.method ?? 'none', status: answer.status, ms: clock.now() - begun };
    observe(seen);
    if (logger.isLevelEnabled('debug')) logger.debug({ ...seen, path: raw.path, ...trace }, 'request');
    return finished(answer, trace, raw.method === 'HEAD');
  };
}

function finished({ status, headers, body }: RawResponse, trace: Trace, headersOnly: boolean): RawResponse {
  const all: Record<string, string> = {
    'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers,
    'x-request-id': trace.requestId, traceparent: trace.traceparent,
  };
  if (status === 204 || status === 304) return { status, headers: all, body: '' };
  const length = String(Buffer.byteLength(body));
  all['content-length'] = headersOnly ? all['content-length'] ?? length : length;
  return { status, headers: all, body: headersOnly ? '' : body };
}
