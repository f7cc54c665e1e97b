import { expect, test } from '@jest/globals';
import { summarize } from './outcomes.ts';

const order = (orderId: string, status: string, settledAt?: number, reason?: string) => ({
  orderId, status, placedAt: new Date(1_000).toISOString(),
  ...(settledAt !== undefined && { settledAt: new Date(settledAt).toISOString() }), ...(reason !== undefined && { reason }),
});

test('outcomes are counted by kind, most frequent first', () => {
  const { byKind } = summarize([order('1', 'cancelled', 2_000, 'stock-rejected'), order('2', 'confirmed', 3_000), order('3', 'confirmed', 5_000)]);
  expect([...byKind]).toEqual([['confirmed', 2], ['cancelled: stock-rejected', 1]]);
});

test('latency and rate come from what is settled', () => {
  const { latency, perSecond } = summarize([order('1', 'confirmed', 2_000), order('2', 'confirmed', 5_000), order('3', 'placed')]);
  expect(latency).toEqual({ p50: 1_000, p95: 4_000, p99: 4_000, max: 4_000 });
  expect(perSecond).toBeCloseTo(0.5);
});
