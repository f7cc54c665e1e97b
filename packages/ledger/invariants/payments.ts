import type { Holdings } from '../holdings.ts';
import { Breaches, type Invariant } from '../invariant.ts';
import type { Order, Orders } from '../orders.ts';

/** A confirmed order was paid once and in full; payments taken are the confirmed orders' totals and what was refunded. */
export function payments(orders: Orders, { payments, paid, refunded }: Holdings): Invariant {
  return {
    name: 'payments-match-orders', kind: 'settled', says: 'payments taken = confirmed totals + refunds, once an order', on: {},
    findings() {
      const breaches = new Breaches();
      let judged = 0;
      const due = new Map<string, number>();
      for (const order of orders.all()) {
        if (!order.outcome) continue;
        judged += 1;
        const { amount, currency } = order.total;
        const owed = order.outcome === 'confirmed' ? amount : 0;
        due.set(currency, (due.get(currency) ?? 0) + owed + refunded.get(order) - paid.get(order));
        const wrong = wrongWith(order, { times: payments.get(order), paid: paid.get(order), refunded: refunded.get(order) });
        if (wrong) breaches.add(order.id, wrong);
      }
      for (const [currency, difference] of due)
        if (difference !== 0) breaches.add('payments', `payments taken are ${difference} ${currency} short of confirmed totals plus refunds`);
      return { breaches, judged, of: 'orders', inFlight: orders.inFlight };
    },
  };
}

function wrongWith(order: Order, { times, paid, refunded }: { times: number; paid: number; refunded: number }): string | undefined {
  if (times > 1) return `was paid ${times} times`;
  if (order.outcome === 'cancelled' || (times === 1 && paid - refunded === order.total.amount)) return undefined;
  return `its total is ${order.total.amount}, but ${paid} was paid and ${refunded} refunded`;
}
