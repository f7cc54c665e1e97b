import type { Verdict } from '@tradewind/ledger/verdict.ts';
import { databaseOf, openBrokers } from './brokers.ts';
import type { Reach } from './folder.ts';
import { verdictOf } from './verdict.ts';

/** The ledger of a platform that runs in another process. */
export interface Ledger {
  verdict(acknowledged?: () => Iterable<string>): Promise<Verdict>;
  close(): Promise<void>;
}

/** Opens it by users that only read, where the platform has users. */
export async function openLedger(reach: Reach): Promise<Ledger> {
  const brokers = await openBrokers(reach, 'ledger');
  return { verdict: verdictOf((name) => databaseOf(reach.databases, name), brokers), close: () => brokers.close() };
}
