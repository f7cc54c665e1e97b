import { expect, test } from '@jest/globals';
import { headersIn, headersOut } from './headers.ts';

const trace = { requestId: 'r-1', traceparent: '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01' };

test('a service hears who calls from the gateway alone', () => {
  const given = {
    'x-caller': 'operator:mallory', 'x-deadline': '9999999999999', 'x-forwarded-for': '1.2.3.4', forwarded: 'for=1.2.3.4', 'x-real-ip': '1.2.3.4',
    authorization: 'Bearer secret', cookie: 'a=b', host: 'gateway', 'content-length': '3', 'transfer-encoding': 'chunked',
    accept: 'text/plain', 'content-type': 'application/json', 'idempotency-key': 'k',
  };
  expect(headersIn(given, { role: 'customer', customerId: 'c-1' }, trace)).toEqual({
    accept: 'text/plain', 'content-type': 'application/json', 'idempotency-key': 'k', 'x-caller': 'customer:c-1',
    'x-request-id': 'r-1', traceparent: trace.traceparent,
  });
  expect(headersIn(given, { role: 'anonymous' }, trace)).not.toHaveProperty('x-caller');
});

test('headers of one connection go no further, in or out', () => {
  expect(headersIn({ connection: 'close, Accept', accept: 'text/plain' }, { role: 'anonymous' }, trace)).not.toHaveProperty('accept');
  expect(headersOut({
    connection: 'keep-alive, X-Hop', 'x-hop': '1', 'keep-alive': 'timeout=5', 'transfer-encoding': 'chunked', date: 'now', server: 'x', etag: '"3"', location: '/orders/o-1',
  })).toEqual({ etag: '"3"', location: '/orders/o-1' });
});
