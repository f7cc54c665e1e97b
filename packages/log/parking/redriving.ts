import { allEnded } from '@tradewind/chassis/all-ended.ts';
import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { Running } from '@tradewind/chassis/service.ts';
import type { LogRecord } from '../port.ts';
import { nameOf } from './known.ts';
import type { Parking } from './parking.ts';
import type { ParkedRecord } from './port.ts';

interface Parts {
  parking: Parking;
  clock: Clock;
  random: Random;
  logger: Logger;
  /** How often the lot is looked at. Default 1 s. */
  everyMs?: number;
  handle(record: LogRecord): Promise<void>;
}

/** Keys in hand at a time, and how long nobody else takes them. */
const LIMIT = 16;
const CLAIM_MS = 30_000;

/**
 * Handles parked records again where somebody asks for it: those of a key in their order, each gone before the next is
 * begun, while what comes of that key from the log goes on waiting behind them. Replicas may do so at the same time.
 */
export function startRedriving({ parking, clock, random, logger, everyMs = 1_000, handle }: Parts): Running {
  const stopping = new AbortController();
  const holder = random.id();
  const { lot, group } = parking;

  async function again(parked: ParkedRecord): Promise<void> {
    const { id, key, code } = parked;
    const failure = await parking.attempt(recordOf(parked), handle);
    if (failure) return lot.fail(group, id, { ...failure, attempts: parked.attempts + failure.attempts });
    await lot.leave(group, id);
    logger.warn({ group, key, record: nameOf(parked), code }, 'a parked record was handled');
  }

  async function round(): Promise<void> {
    const { wanted } = await parking.look();
    while (wanted && !stopping.signal.aborted) {
      const claimed = await lot.claim(group, holder, { ttlMs: CLAIM_MS, limit: LIMIT });
      if (claimed.length === 0) return;
      await allEnded(claimed.map(again));
    }
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await round().catch((error: unknown) => logger.warn({ err: error, group }, 'parked records cannot be redriven yet'));
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

function recordOf({ topic, partition, offset, envelope, takenAt }: ParkedRecord): LogRecord {
  return { topic, partition, offset, key: envelope.partitionkey, envelope, at: takenAt };
}
