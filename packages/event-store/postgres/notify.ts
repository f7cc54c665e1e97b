import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Database } from './database.ts';

/** The channel of PostgreSQL on which processes wake each other; the payload names the channel of `Wakeup`. */
export const NOTIFY_CHANNEL = 'tradewind_wakeup';

const NOTIFY = { name: 'notify', text: `select pg_notify('${NOTIFY_CHANNEL}', payload) from unnest($1::text[]) payload` };
/** A commit with a NOTIFY in it waits for all others with one: appends have none, and these are few. */
const EVERY_MS = 5;

/** Sends notifications at most once in 5 ms, and once after the last call. A lost one costs a poll's delay. */
export function notifier(database: Database, clock: Clock): (payload: string) => void {
  const pending = new Set<string>();
  return (payload) => {
    if (pending.size === 0)
      clock.after(EVERY_MS, () => {
        database.query(NOTIFY, [[...pending]]).catch(() => undefined);
        pending.clear();
      });
    pending.add(payload);
  };
}
