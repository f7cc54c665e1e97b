import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Running } from '@tradewind/chassis/service.ts';
import type { EventStore, Timer } from '@tradewind/event-store/port.ts';

interface Parts { store: Pick<EventStore, 'dueTimers'>; clock: Clock; logger: Logger; everyMs: number }

/** Timers handled in one round. */
const ROUND = 100;

/**
 * Looks for due timers again and again. A timer stays due until an append of `handle` replaces or clears it,
 * so a round that fails, or a process that dies in it, loses none; replicas may look at the same time.
 */
export function startTimers({ store, clock, logger, everyMs }: Parts, handle: (timer: Timer) => Promise<void>): Running {
  const stopping = new AbortController();

  async function round(): Promise<void> {
    const due = await store.dueTimers(clock.now(), ROUND);
    await Promise.all(due.map((timer) => handle(timer).catch((error: unknown) =>
      logger.warn({ err: error, timer: timer.id }, 'a due timer was not handled and stays due'))));
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await round().catch((error: unknown) => logger.warn({ err: error }, 'due timers cannot be read'));
      await clock.sleep(everyMs, stopping.signal);
    }
  }

  const ended = loop();
  return {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}
