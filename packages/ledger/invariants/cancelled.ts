import type { Holdings } from '../holdings.ts';
import { Breaches, type Invariant } from '../invariant.ts';
import type { Order, Orders } from '../orders.ts';

/** A cancelled order holds nothing: what was reserved was released, what was paid was refunded, nothing was used or sold. */
export function cancelled(orders: Orders, holdings: Holdings): Invariant {
  return {
    name: 'cancelled-orders-hold-nothing', kind: 'settled', says: 'cancelled orders hold no credit, stock or payment', on: {},
    findings() {
      const breaches = new Breaches();
      let judged = 0;
      for (const order of orders.all()) {
        if (order.outcome !== 'cancelled') continue;
        judged += 1;
        const wrong = held(order, holdings);
        if (wrong) breaches.add(order.id, wrong);
      }
      return { breaches, judged, of: 'cancelled orders', inFlight: orders.inFlight };
    },
  };
}

function held(order: Order, holdings: Holdings): string | undefined {
  const { creditReserved, creditReleased, creditUsed, stockReserved, stockReleased, stockSold, paid, refunded } = holdings;
  const credit = creditReserved.get(order) - creditReleased.get(order);
  if (credit !== 0) return `still holds credit of ${credit}`;
  if (creditUsed.get(order) !== 0) return `used credit of ${creditUsed.get(order)}`;
  if (stockReserved.get(order) !== stockReleased.get(order)) return 'still holds stock';
  if (stockSold.get(order) !== 0) return 'was sold stock';
  const payment = paid.get(order) - refunded.get(order);
  return payment === 0 ? undefined : `is still charged ${payment}`;
}
