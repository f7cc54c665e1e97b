import { workload, type Workload } from '@tradewind/demo/workload.ts';

const SIZE = { products: 200, customers: 100, orders: 10_000_000 };
const SCARCE = 150;
const PLENTY = 1_000;

/** Enough of everything for a long run, but for one product in two hundred: some orders are rejected. */
export function longPlan(seed: number): Workload {
  const { products, customers, steps } = workload(seed, SIZE);
  return { customers, steps, products: products.map((each, at) => at === SCARCE ? each : { ...each, stock: each.stock * PLENTY }) };
}
