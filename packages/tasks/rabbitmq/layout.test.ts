import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_RETRY } from '../port.ts';
import { bucketFor, expirationFor, ownerOfRetryQueue, policyCode, policyOf, retryQueue, route } from './layout.ts';

test.each([[0, 128], [127, 128], [127.5, 128], [128, 256], [200, 256], [30_000, 32_768], [60_000, 65_536], [2 ** 40, 2 ** 31]])('a delay of %d ms waits in the queue for less than %d', (delayMs, bucket) => {
  expect(bucketFor(delayMs)).toBe(bucket);
});

test('a delay is never shortened but by what the server can keep', () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 2 ** 33, noNaN: true }), (delayMs) => {
    const expiration = Number(expirationFor(delayMs));
    expect(Number.isInteger(expiration)).toBe(true);
    expect(expiration).toBeGreaterThanOrEqual(Math.min(delayMs, 2 ** 31 - 1));
    expect(expiration).toBeLessThanOrEqual(bucketFor(delayMs));
  }));
});

test('a policy is what its code says; what is no code is none', () => {
  expect(policyCode(DEFAULT_RETRY)).toBe('8/200/2/30000');
  fc.assert(fc.property(fc.record({ attempts: fc.nat(), delayMs: fc.nat(), factor: fc.double({ min: 1, max: 9, noNaN: true }), maxDelayMs: fc.nat() }), (policy) => {
    expect(policyOf(policyCode(policy))).toEqual(policy);
  }));
  for (const code of ['', 'dead', '1/2/3', '1/2/3/x', '1/2/3/4/5']) expect(policyOf(code)).toBeUndefined();
});

test('a retry queue tells whose it is; others do not pass for one', () => {
  expect(ownerOfRetryQueue(retryQueue('orders.retry.place', 256))).toBe('orders.retry.place');
  for (const name of ['orders', 'orders.retry', 'orders.retry.soon', '.retry.1', 'orders.dead']) expect(ownerOfRetryQueue(name)).toBeUndefined();
});

test('a lasting queue\'s messages move by its own exchange, a temporary one\'s by name', () => {
  expect(route('q', '256', false)).toEqual({ exchange: 'q.moves', routingKey: '256' });
  expect((['due', 'dead', '256'] as const).map((way) => route('q', way, true).routingKey)).toEqual(['q', 'q.dead', 'q.retry.256']);
});
