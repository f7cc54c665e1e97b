import { Breaches, type Invariant } from '../invariant.ts';
import type { Orders } from '../orders.ts';

/** Each order that a client was told was accepted has been placed, and placed once. */
export function acknowledged(orders: Orders): Invariant {
  const ids = new Set<string>();
  return {
    name: 'acknowledged-orders-exist', kind: 'always', says: 'each acknowledged order exists once',
    on: { acknowledged: ({ orderId }) => void ids.add(orderId) },
    findings() {
      const breaches = new Breaches();
      for (const id of ids) {
        const placed = orders.get(id)?.placed ?? 0;
        if (placed !== 1) breaches.add(id, placed === 0 ? 'was acknowledged, but does not exist' : `was placed ${placed} times`);
      }
      return { breaches, judged: ids.size, of: 'acknowledged orders', inFlight: 0 };
    },
  };
}
