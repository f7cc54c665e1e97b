import type { LedgerReport } from '@tradewind/console/status.ts';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { check } from '@tradewind/ledger/check.ts';
import { postgresSources } from '@tradewind/ledger/postgres/sources.ts';
import type { Verdict } from '@tradewind/ledger/verdict.ts';
import type { Adapters, DatabaseName } from './adapters.ts';

/** Asks the ledger, which reads by connections of its own. */
export function verdictOf(url: (name: DatabaseName) => string, { log, tasks }: Pick<Adapters, 'log' | 'tasks'>): (acknowledged?: () => Iterable<string>) => Promise<Verdict> {
  const sources = postgresSources({
    orders: url('orders'), customers: url('customers'), inventory: url('inventory'), payments: url('payments'),
    provider: url('provider'), order_history: url('order_history'), notifications: url('notifications'),
  }, { log, tasks });
  return (acknowledged) => check({ ...sources, ...(acknowledged && { acknowledged }) }, { now: clock.now() });
}

/** What the console shows of a verdict. */
export function reportOf({ holds, inFlight, invariants }: Verdict): LedgerReport {
  return {
    holds, inFlight,
    lines: invariants.map(({ name, says, holds: each, inFlight: waiting, breaches }) => ({
      name: `${name}: ${says}`, holds: each, inFlight: waiting, breaches: breaches.first.map(({ subject, detail }) => `${subject}: ${detail}`),
    })),
  };
}
