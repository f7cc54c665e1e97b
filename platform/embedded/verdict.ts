import type { LedgerReport } from '@tradewind/console/status.ts';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { check } from '@tradewind/ledger/check.ts';
import { postgresSources } from '@tradewind/ledger/postgres/sources.ts';
import type { Verdict } from '@tradewind/ledger/verdict.ts';
import type { Adapters, DatabaseName } from './adapters.ts';

/** Where figures of queues lag, what is on its way may be in none of them: a breach is believed when it is still there. */
const FIGURES_LAG_MS = 6_000;

/** Asks the ledger, which reads by connections of its own. */
export function verdictOf(url: (name: DatabaseName) => string, { log, tasks }: Pick<Adapters, 'log' | 'tasks'>): (acknowledged?: () => Iterable<string>) => Promise<Verdict> {
  const sources = postgresSources({
    orders: url('orders'), customers: url('customers'), inventory: url('inventory'), payments: url('payments'),
    provider: url('provider'), order_history: url('order_history'), notifications: url('notifications'),
  }, { log, tasks });
  return async (acknowledged) => {
    const judge = () => check({ ...sources, ...(acknowledged && { acknowledged }) }, { now: clock.now() });
    const verdict = await judge();
    if (verdict.holds || tasks.features.exactDepths) return verdict;
    await clock.sleep(FIGURES_LAG_MS);
    return judge();
  };
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
