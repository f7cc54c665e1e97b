import { callerHeader } from '@tradewind/chassis/http/caller.ts';
import type { Caller } from '@tradewind/chassis/http/route.ts';
import type { Trace } from '@tradewind/chassis/http/trace.ts';

/** All that a caller may say to a service. Whatever else it sends, an identity of its own making among it, stops here. */
const PASSED_IN = [
  'accept', 'accept-language', 'content-type', 'content-encoding', 'idempotency-key', 'if-match', 'if-none-match', 'prefer', 'tracestate', 'user-agent',
];

/** Of one connection only (RFC 9110, 7.6.1), or written anew. */
const KEPT_BACK = new Set([
  'connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'date', 'server',
]);

/** Headers of the request as the service gets it. */
export function headersIn(given: Record<string, string>, caller: Caller, trace: Trace): Record<string, string> {
  const named = connectionOptions(given);
  const headers: Record<string, string> = { 'x-request-id': trace.requestId, traceparent: trace.traceparent };
  for (const name of PASSED_IN) {
    const value = given[name];
    if (value !== undefined && !named.has(name)) headers[name] = value;
  }
  const identity = callerHeader(caller);
  if (identity !== undefined) headers['x-caller'] = identity;
  return headers;
}

/** Headers of the answer as the caller gets it. */
export function headersOut(given: Record<string, string>): Record<string, string> {
  const named = connectionOptions(given);
  return Object.fromEntries(Object.entries(given).filter(([name]) => !KEPT_BACK.has(name) && !named.has(name)));
}

/** Headers that the sender declared to be of this connection only. */
function connectionOptions({ connection = '' }: Record<string, string>): Set<string> {
  return new Set(connection.toLowerCase().split(',').map((option) => option.trim()));
}
