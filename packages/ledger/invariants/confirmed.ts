import type { Holdings } from '../holdings.ts';
import { Breaches, type Invariant } from '../invariant.ts';
import type { Order, Orders } from '../orders.ts';

/** A confirmed order's reserved credit became used, and its reserved stock sold: all of it, and nothing else. */
export function confirmed(orders: Orders, holdings: Holdings): Invariant {
  return {
    name: 'confirmed-orders-used-and-sold', kind: 'settled', says: 'confirmation turned reserved credit into used, reserved stock into sold', on: {},
    findings() {
      const breaches = new Breaches();
      let judged = 0;
      for (const order of orders.all()) {
        if (order.outcome !== 'confirmed') continue;
        judged += 1;
        const wrong = wrongCredit(order, holdings) ?? wrongStock(order, holdings);
        if (wrong) breaches.add(order.id, wrong);
      }
      return { breaches, judged, of: 'confirmed orders', inFlight: orders.inFlight };
    },
  };
}

function wrongCredit(order: Order, { creditReserved, creditReleased, creditUsed, foreign }: Holdings): string | undefined {
  const [reserved, released, used] = [creditReserved.get(order), creditReleased.get(order), creditUsed.get(order)];
  const { amount } = order.total;
  if (reserved !== amount || used !== amount || released !== 0)
    return `of its total ${amount}, credit of ${reserved} was reserved, ${used} used and ${released} released`;
  return foreign.get(order) > 0 ? `something was not in ${order.total.currency}` : undefined;
}

function wrongStock(order: Order, { stockReserved, stockReleased, stockSold }: Holdings): string | undefined {
  if (stockReserved.get(order) !== order.lines) return 'the stock reserved for it is not what it ordered';
  if (stockSold.get(order) !== order.lines) return 'the stock sold to it is not what it ordered';
  return stockReleased.get(order) === 0 ? undefined : 'some of its stock was released';
}
