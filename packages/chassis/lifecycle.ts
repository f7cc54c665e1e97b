import type { Logger } from './logger.ts';
import type { Running } from './service.ts';

/** Something that starts before what stands behind it in a list, and stops after it. */
export interface Part { name: string; start(): Promise<void>; stop(): Promise<void> }

/**
 * Starts parts in order. When one fails, it and those before it are stopped again, and its error comes out.
 * @returns `stop`, which stops them in reverse and goes on past one that fails; its first error comes out.
 */
export async function startAll(parts: Part[], logger: Logger): Promise<Running> {
  const started: Part[] = [];
  for (const part of parts) {
    try {
      await part.start();
    } catch (error) {
      logger.error({ err: error, part: part.name }, 'did not start');
      await stopAll([...started, part], logger).catch(() => undefined); // it may have begun something
      throw error;
    }
    started.push(part);
    logger.info({ part: part.name }, 'started');
  }
  let stopped: Promise<void> | undefined;
  return { stop: () => (stopped ??= stopAll(started, logger)) };
}

async function stopAll(parts: Part[], logger: Logger): Promise<void> {
  let failure: { error: unknown } | undefined;
  for (const part of parts.toReversed()) {
    try {
      await part.stop();
      logger.info({ part: part.name }, 'stopped');
    } catch (error) {
      logger.error({ err: error, part: part.name }, 'did not stop cleanly');
      failure ??= { error };
    }
  }
  if (failure) throw failure.error;
}
