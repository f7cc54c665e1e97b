import { expect, test } from '@jest/globals';
import { orderOf, storyOf } from './story.ts';

const lines = [
  '   0.100000  orders-0.1        starts',
  '   0.200000  fault             {"kind":"outage","target":"log","ms":900}',
  '   0.300000  client            asks POST /orders  place-o03',
  '   0.310000  orders-0.1        store:orders.append  order-o03@0+[order.placed.v2]',
  '   0.320000  orders-0.1        store:orders.append  order-o13@0+[order.placed.v2]',
  '   0.330000  customers-1.1     tasks.publish stalls',
  '   0.340000  inventory-0.1     store:inventory.scan crash-before  log',
  '   0.350000  inventory-0.1     has ended',
  '   0.360000  inventory-0.2     log.fetch',
];

test('a story is what names the order, every fault, and who came and went since', () => {
  expect(storyOf('o03', lines)).toEqual([lines[1], lines[2], lines[3], lines[5], lines[6], lines[7]]);
  expect(storyOf('o77', lines)).toEqual([]);
});

test('the order of a breach is found in its subject or its detail', () => {
  expect(orderOf({ invariant: 'x', subject: 'saga-o07', detail: '' })).toBe('o07');
  expect(orderOf({ invariant: 'x', subject: 'the platform', detail: 'waits for timer o12' })).toBe('o12');
  expect(orderOf({ invariant: 'x', subject: 'in flight', detail: '3' })).toBeUndefined();
});
