import type { Random } from '../random.ts';

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

export interface Trace { requestId: string; traceparent: string }

/** The request's id and its W3C trace context: those it came with, where they are well formed, or new ones. */
export function traceOf(headers: Record<string, string>, random: Random): Trace {
  const { 'x-request-id': requestId = '', traceparent = '' } = headers;
  return {
    requestId: REQUEST_ID.test(requestId) ? requestId : random.id(),
    traceparent: TRACEPARENT.test(traceparent) ? traceparent : newTraceparent(random),
  };
}

function newTraceparent(random: Random): string {
  const [trace, span] = [random.id().replaceAll('-', ''), random.id().replaceAll('-', '').slice(16)];
  return `00-${trace}-${span}-01`;
}
