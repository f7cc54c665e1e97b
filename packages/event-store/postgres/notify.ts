import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Database } from './database.ts';

/** The channel of PostgreSQL on which processes wake each other; the payload names the channel of `Wakeup`. */
export const NOTIFY_CHANNEL = 'tradewind_wakeup';

const NOTIFY = { name: 'notify', text: `select pg_notify('${NOTIFY_CHANNEL}', $1)` };
/** A commit with a NOTIFY in it waits for all others with one: appends have none, and these are few. */
const EVERY_MS = 5;

/** Sends at most one notification in 5 ms, and one after the last call. A lost one costs a poll's delay. */
export function notifier(database: Database, clock: Clock, payload: string): () => void {
  let scheduled = false;
  return () => {
    if (scheduled) return;
    scheduled = true;
    clock.after(EVERY_MS, () => {
      scheduled = false;
      database.query(NOTIFY, [payload]).catch(() => undefined);
    });
  };
}
