import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Running } from '@tradewind/chassis/service.ts';
import type { EventStore } from './port.ts';

export interface UpkeepSettings {
  /** How long an idempotency key keeps its answer. Default 24 h. */
  answersMs: number;
  /** How long a handled message is remembered: longer than any broker would deliver it again. Default 7 days. */
  inboxMs: number;
  /** Default 10 minutes. */
  everyMs: number;
}

const HOUR_MS = 3_600_000;
const DEFAULTS: UpkeepSettings = { answersMs: 24 * HOUR_MS, inboxMs: 7 * 24 * HOUR_MS, everyMs: HOUR_MS / 6 };

/** Forgets, now and then, what has been kept for long enough. Several replicas may do so at once. */
export function startUpkeep(
  { store, clock, logger }: { store: Pick<EventStore, 'prune'>; clock: Clock; logger: Logger }, settings: Partial<UpkeepSettings> = {},
): Running {
  const { answersMs, inboxMs, everyMs } = { ...DEFAULTS, ...settings };
  const stopping = new AbortController();
  const run = async () => {
    while (!stopping.signal.aborted) {
      await clock.sleep(everyMs, stopping.signal);
      if (stopping.signal.aborted) return;
      const now = clock.now();
      await store.prune({ inbox: now - inboxMs, answers: now - answersMs })
        .catch((error: unknown) => logger.warn({ err: error }, 'old inbox rows and answers stay until the next round'));
    }
  };
  const loop = run();
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}
