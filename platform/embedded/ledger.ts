import type { Verdict } from '@tradewind/ledger/verdict.ts';
import { databaseOf, openBrokers } from './brokers.ts';
import type { Announcement } from './folder.ts';
import { verdictOf } from './verdict.ts';

/** The ledger of a platform that runs in another process. */
export interface Ledger {
  verdict(acknowledged?: () => Iterable<string>): Promise<Verdict>;
  close(): Promise<void>;
}

/** @param databases connection strings, as the platform announces them. */
export async function openLedger(databases: Announcement['databases']): Promise<Ledger> {
  const brokers = await openBrokers(databases);
  return { verdict: verdictOf((name) => databaseOf(databases, name), brokers), close: () => brokers.close() };
}
