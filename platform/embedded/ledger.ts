import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { systemLogger } from '@tradewind/chassis/system/logger.ts';
import { systemRandom as random } from '@tradewind/chassis/system/random.ts';
import { localWakeup } from '@tradewind/chassis/wakeup.ts';
import type { Verdict } from '@tradewind/ledger/verdict.ts';
import { openPostgresLog } from '@tradewind/log/postgres/log.ts';
import { openPostgresTasks } from '@tradewind/tasks/postgres/tasks.ts';
import type { Announcement } from './folder.ts';
import { verdictOf } from './verdict.ts';

/** The ledger of a platform that runs in another process. */
export interface Ledger {
  verdict(acknowledged?: () => Iterable<string>): Promise<Verdict>;
  close(): Promise<void>;
}

/** @param databases connection strings, as the platform announces them. */
export async function openLedger(databases: Announcement['databases']): Promise<Ledger> {
  const url = (name: string) => {
    const found = databases[name];
    if (found === undefined) throw new Error(`the platform announced no database ${name}`);
    return found;
  };
  const options = { url: url('brokers'), clock, random, wakeup: localWakeup(), logger: systemLogger({ level: 'error' }) };
  const log = await openPostgresLog(options);
  const tasks = await openPostgresTasks(options);
  return {
    verdict: verdictOf(url, { log, tasks }),
    async close() {
      await Promise.all([log.close(), tasks.close()]);
    },
  };
}
