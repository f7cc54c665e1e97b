import { expect, test } from '@jest/globals';
import { capacityPage, type Spell } from './capacity.ts';

const latency = { p50: 100, p95: 200, p99: 1_300, max: 2_000 };
const spell = (rate: number, cores: number, keptUp = true): Spell => ({
  rate, settled: rate, latency: rate === 0 ? undefined : latency, keptUp,
  pods: new Map([['orders', { pods: 2, cores, megabytes: 190 }], ['operator', { pods: 1, cores: 9, megabytes: 60 }]]),
});

test('the page tells the highest rate that was kept up with, and what an order costs beyond idling', () => {
  const page = capacityPage({ spells: [spell(0, 0.1), spell(10, 0.6), spell(20, 1.1), spell(40, 1.5, false)], machine: 'here', processors: 1, at: '2026-01-01' });
  expect(page).toContain('highest rate kept up with: **20 orders/s**, where pods used 110 % of the processors');
  expect(page).toContain('| 20 | 20.0 | 100 ms | 1,300 ms | 1.10 | 50 ms | kept up |');
  expect(page).toContain('| orders (2) | 0.100 | 190 | 0.600 | 190 | 1.100 | 190 |');
});
