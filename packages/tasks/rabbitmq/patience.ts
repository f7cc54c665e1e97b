import type { Clock } from '@tradewind/chassis/clock.ts';

/** Resolves when it ends, whichever way, or after `ms`. */
export async function within(clock: Clock, ms: number, ending: Promise<unknown>): Promise<void> {
  const ended = new AbortController();
  await Promise.race([ending.then(() => undefined, () => undefined), clock.sleep(ms, ended.signal)]);
  ended.abort();
}
