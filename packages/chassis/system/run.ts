import { startAll, type Part } from '../lifecycle.ts';
import type { Logger } from '../logger.ts';
import { systemClock } from './clock.ts';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Runs parts until SIGTERM or SIGINT, then stops them and resolves; a start under way is awaited first. A second
 * signal, or an end that takes longer than `graceMs` from the first one, ends the process at once with code 1.
 * @returns once everything has stopped; rejects when a part did not start.
 */
export async function run(parts: Part[], { logger, graceMs = 25_000 }: { logger: Logger; graceMs?: number }): Promise<void> {
  const { told, cancel } = firstSignal(() => {
    logger.error({ graceMs }, 'did not stop in time');
    process.exit(1);
  }, graceMs);
  try {
    const running = await startAll(parts, logger);
    logger.info({ signal: await told }, 'stopping');
    await running.stop();
  } finally {
    cancel();
  }
}

/** @param overdue called `graceMs` after the first signal, unless it is cancelled. A second signal ends the process. */
function firstSignal(overdue: () => void, graceMs: number): { told: Promise<NodeJS.Signals>; cancel(): void } {
  const { promise: told, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let cancel = (): void => undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    for (const each of SIGNALS) process.off(each, onSignal).once(each, () => process.exit(1));
    cancel = systemClock.after(graceMs, overdue);
    resolve(signal);
  };
  for (const each of SIGNALS) process.on(each, onSignal);
  return { told, cancel: () => cancel() };
}
