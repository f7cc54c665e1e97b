import { Breaches, type Invariant } from '../invariant.ts';
import type { Order, Orders } from '../orders.ts';

/** Each saga ends, once, with what became of the order. One that has not is in flight, and so is a parked one. */
export function sagas(orders: Orders): Invariant {
  return {
    name: 'sagas-end', kind: 'settled', says: "each saga ends once, with its order's outcome", on: {},
    findings() {
      const breaches = new Breaches();
      for (const order of orders.all()) {
        const wrong = wrongWith(order);
        if (wrong) breaches.add(order.id, wrong);
      }
      return { breaches, judged: orders.size - orders.inFlight, of: 'orders', inFlight: orders.inFlight };
    },
  };
}

function wrongWith(order: Order): string | undefined {
  const { placed, confirmed, cancelled, sagaStarted, sagaEnded } = order;
  if (placed !== 1) return placed === 0 ? 'has events, but was never placed' : `was placed ${placed} times`;
  if (confirmed + cancelled > 1) return `was confirmed ${times(confirmed)} and cancelled ${times(cancelled)}`;
  if (sagaEnded > 1 || sagaStarted > 1) return `its saga started ${times(sagaStarted)} and ended ${times(sagaEnded)}`;
  return order.outcome ? wrongEnd(order, order.outcome) : undefined;
}

function times(n: number): string {
  return n === 1 ? 'once' : `${n} times`;
}

function wrongEnd(order: Order, outcome: 'confirmed' | 'cancelled'): string | undefined {
  if (order.sagaStarted === 0) return 'its saga ended, but never started';
  return order[outcome] === 1 ? undefined : `its saga ended ${outcome}, but the order is not ${outcome}`;
}
