import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Running } from '@tradewind/chassis/service.ts';
import type { Database } from './database.ts';

const LIMITED = { name: 'log-limited', text: `
  select partition_id, retention_ms from log.partitions join log.topics using (topic_id) where retention_ms is not null` };
const RETAIN = { name: 'log-retain', text: 'select log.retain($1, $2, $3)' };
/** Few enough that publishers to the partition hardly notice. */
const AT_ONCE = 1_000;

interface Options { database: Database; clock: Clock; logger?: Logger; everyMs: number }

/** Drops, now and then, what is older than its topic keeps. */
export function startRetention({ database, clock, logger, everyMs }: Options): Running {
  const stop = new AbortController();
  const run = async () => {
    for (;;) {
      await clock.sleep(everyMs, stop.signal);
      if (stop.signal.aborted) return;
      try {
        await retain(database, stop.signal);
      } catch (error) {
        logger?.warn({ err: error }, 'old records not dropped yet');
      }
    }
  };
  const running = run();
  return {
    stop: () => {
      stop.abort();
      return running;
    },
  };
}

async function retain(database: Database, stop: AbortSignal): Promise<void> {
  for (const [partition, keepMs] of await database.rows(LIMITED))
    for (let dropped = AT_ONCE; dropped === AT_ONCE && !stop.aborted;)
      dropped = Number((await database.rows(RETAIN, [partition, keepMs, AT_ONCE]))[0]?.[0]);
}
