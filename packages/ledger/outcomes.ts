import type { FactOf } from '@tradewind/events/facts/catalogue.ts';
import type { Orders } from './orders.ts';

/** Orders by what became of them. */
export interface Outcomes {
  placed: number;
  confirmed: number;
  cancelled: number;
  cancelledBecause: Partial<Record<FactOf<'OrderCancelled'>['data']['reason'], number>>;
  /** Their saga has not ended. */
  inFlight: number;
  /** Of these, how many wait for a person: a compensation failed for good. */
  parked: number;
}

export function countOutcomes(orders: Orders): Outcomes {
  const outcomes: Outcomes = { placed: 0, confirmed: 0, cancelled: 0, cancelledBecause: {}, inFlight: 0, parked: 0 };
  for (const { placed, outcome, reason, parked } of orders.all()) {
    if (placed > 0) outcomes.placed += 1;
    if (!outcome) outcomes.inFlight += 1;
    else outcomes[outcome] += 1;
    if (parked && !outcome) outcomes.parked += 1;
    if (outcome === 'cancelled' && reason) outcomes.cancelledBecause[reason] = (outcomes.cancelledBecause[reason] ?? 0) + 1;
  }
  return outcomes;
}
