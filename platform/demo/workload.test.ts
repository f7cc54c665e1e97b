import { expect, test } from '@jest/globals';
import { workload, type OrderToPlace, type Step } from './workload.ts';

const SIZE = { products: 1_000, customers: 500, orders: 2_000 };
const orders = (steps: Step[]): OrderToPlace[] => steps.flatMap((step) => step.type === 'place' ? [step.order] : []);

test('a seed decides everything', () => {
  const once = workload(7, SIZE);
  const again = workload(7, SIZE);
  expect(again.products).toEqual(once.products);
  expect([...again.steps()]).toEqual([...once.steps()]);
  expect([...workload(8, SIZE).steps()]).not.toEqual([...once.steps()]);
});

test('an order has five to fifteen lines, each of another product that exists', () => {
  const { products, steps } = workload(1, SIZE);
  const known = new Set(products.map((each) => each.productId));
  for (const { lines } of orders([...steps()])) {
    expect(lines.length).toBeGreaterThanOrEqual(5);
    expect(lines.length).toBeLessThanOrEqual(15);
    expect(new Set(lines.map((line) => line.productId)).size).toBe(lines.length);
    for (const line of lines) expect(known.has(line.productId)).toBe(true);
  }
});

test('some products sell much more than others', () => {
  const sold = new Map<string, number>();
  for (const { lines } of orders([...workload(1, SIZE).steps()]))
    for (const { productId } of lines) sold.set(productId, (sold.get(productId) ?? 0) + 1);
  const counts = [...sold.values()].sort((a, b) => b - a);
  const top = counts.slice(0, SIZE.products / 10).reduce((sum, each) => sum + each, 0);
  const all = counts.reduce((sum, each) => sum + each, 0);
  expect(top / all).toBeGreaterThan(0.2);
});

test('every kind of trouble occurs', () => {
  const { customers, steps } = workload(1, SIZE);
  const all = [...steps()];
  const placed = orders(all);
  expect(customers.some((each) => each.creditLimit < 1_000_000)).toBe(true);
  expect(all.some((step) => step.type === 'restock')).toBe(true);
  expect(new Set(placed.map((each) => each.duplicate))).toEqual(new Set(['none', 'at-once', 'later']));
  expect(placed.some((each) => each.cancelAfterMs !== undefined)).toBe(true);
  for (const method of ['card-ok', 'card-declined', 'card-slow', 'card-late', 'card-twice', 'card-unavailable'])
    expect(placed.some((each) => each.paymentMethod === method)).toBe(true);
});

test('a small world still has whole orders', () => {
  for (const { lines } of orders([...workload(3, { products: 6, customers: 2, orders: 50 }).steps()]))
    expect(lines.length).toBeLessThanOrEqual(6);
});
