import { startAll, type Part } from '../lifecycle.ts';
import type { Logger } from '../logger.ts';
import { systemClock } from './clock.ts';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Runs parts until SIGTERM or SIGINT, then stops them and resolves. A second signal, or a stop that
 * takes longer than `graceMs`, ends the process at once with code 1.
 * @returns once everything has stopped; rejects when a part did not start.
 */
export async function run(parts: Part[], { logger, graceMs = 25_000 }: { logger: Logger; graceMs?: number }): Promise<void> {
  const signalled = Promise.withResolvers<NodeJS.Signals>();
  const onSignal = (signal: NodeJS.Signals): void => signalled.resolve(signal);
  for (const signal of SIGNALS) process.once(signal, onSignal);
  const running = await startAll(parts, logger);
  logger.info({ signal: await signalled.promise }, 'stopping');
  const giveUp = (): void => process.exit(1);
  for (const signal of SIGNALS) process.off(signal, onSignal).once(signal, giveUp);
  const cancel = systemClock.after(graceMs, () => {
    logger.error({ graceMs }, 'did not stop in time');
    giveUp();
  });
  await running.stop();
  cancel();
}
