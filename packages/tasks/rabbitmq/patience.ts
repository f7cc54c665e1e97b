import type { Clock } from '@tradewind/chassis/clock.ts';
import { unavailable } from './failure.ts';

/** Resolves when it ends, whichever way, or after `ms`. */
export async function within(clock: Clock, ms: number, ending: Promise<unknown>): Promise<void> {
  const ended = new AbortController();
  await Promise.race([ending.then(() => undefined, () => undefined), clock.sleep(ms, ended.signal)]);
  ended.abort();
}

/** The answer, if it comes within `ms`: a driver may never say that a connection was lost. @throws CodedError `tasks-unavailable` */
export async function answered<Answer>(clock: Clock, ms: number, asking: Promise<Answer>): Promise<Answer> {
  let cancel = (): void => undefined;
  const silent = new Promise<never>((_, reject) => { cancel = clock.after(ms, () => reject(unavailable(`no answer within ${ms} ms`))); });
  asking.catch(() => undefined); // it may come after all
  return Promise.race([asking, silent]).finally(() => cancel());
}
