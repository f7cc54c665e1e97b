import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempt } from './attempts.ts';
import type { Play } from './play.ts';
import type { Saying } from './told.ts';

const EVERY_MS = 100;

/** Says what is new of a load, again and again, until it is told that the load is over; all was said when it resolves. */
export async function announce(play: Pick<Play, 'attempts' | 'settled' | 'grew'>, say: (saying: Saying) => void, over: AbortSignal): Promise<void> {
  const open = new Map<string, Attempt>();
  let [attempts, grown] = [0, 0];
  const look = (): void => {
    for (const attempt of open.values()) if (attempt.outcome !== 'waiting' && open.delete(attempt.orderId)) say({ type: 'attempt', attempt });
    for (; attempts < play.attempts.length; attempts += 1) {
      const attempt = play.attempts[attempts];
      if (!attempt) continue;
      say({ type: 'attempt', attempt });
      if (attempt.outcome === 'waiting') open.set(attempt.orderId, attempt);
    }
    const at = play.grew.at(-1);
    if (at !== undefined && play.grew.length > grown) say({ type: 'grew', at, settled: play.settled });
    grown = play.grew.length;
  };
  for (; !over.aborted; await sleep(EVERY_MS)) look();
  look();
}
