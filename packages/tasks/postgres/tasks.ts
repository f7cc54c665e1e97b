import type { Clock } from '@tradewind/chassis/clock.ts';
import { Notices } from '@tradewind/chassis/postgres/notices.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import type { Tasks, TasksFeatures } from '../port.ts';
import { Consumers, queueChannel } from './consumers.ts';
import { connect } from './database.ts';
import { deadLetters, depths, redrive } from './letters.ts';
import { migrate } from './migrate.ts';
import { Publisher } from './publisher.ts';
import { Session } from './session.ts';
import { Stepper } from './stepper.ts';
import { Topologies } from './topologies.ts';

export interface PostgresTasksOptions {
  /** Connection string; PostgreSQL 17 or later. The queues have a schema of their own. */
  url: string;
  clock: Clock;
  random: Random;
  /** Hints within this process, on `queue:NAME`. */
  wakeup: Wakeup;
  logger?: Logger;
  /** A process silent for this long is dead, and what it had in hand comes again. Default 5 s. */
  sessionMs?: number;
  /** Queues are looked at this often where no hint came. Default 250 ms. */
  pollMs?: number;
  /** Where messages come one by one, they wait this long for others. Default 2 ms. */
  lingerMs?: number;
  /** Settlements wait this long for others, or for a step that takes something. Default 25 ms. */
  settleMs?: number;
  /** Hints to and from other processes too, over one more connection. Default true. */
  notify?: boolean;
}

const DEFAULTS = { sessionMs: 5_000, pollMs: 250, lingerMs: 2, settleMs: 25, notify: true };
const CHANNEL = 'tradewind_tasks';
/** One publishes, one takes and settles; the rest is seldom. */
const CONNECTIONS = 2;

export const postgresTasksFeatures: TasksFeatures = { adapter: 'postgres', durable: true, processes: true, retryKeepsOrder: true, wholeBatches: true, exactDepths: true };

/** Durable work queues without a broker. @throws CodedError `tasks-unavailable` when the server does not answer. */
export async function openPostgresTasks(options: PostgresTasksOptions): Promise<Tasks> {
  const { url, clock, random, wakeup, logger, sessionMs, pollMs, lingerMs, settleMs, notify } = { ...DEFAULTS, ...options };
  await migrate(url);
  const database = connect(url, CONNECTIONS);
  const topologies = new Topologies(database);
  const notices = notify ? new Notices({ url, channel: CHANNEL, clock, heard: (queue) => wakeup.wake(queueChannel(queue)) }) : undefined;
  await notices?.start();
  const filled = (queues: Iterable<string>): void => {
    for (const queue of queues) wakeup.wake(queueChannel(queue));
    notices?.send(queues);
  };
  const publisher = new Publisher({ database, topologies, published: filled });
  const session: Session = new Session({
    database, clock, sessionMs, released: filled, ...(logger && { logger }),
    begun: (standing) => consumers.declareTemporary(standing),
  });
  const stepper = new Stepper({ database, clock, session, topologies, pollMs, lingerMs, settleMs, ...(logger && { logger }) });
  const consumers = new Consumers({ random, wakeup, session, stepper, topologies, patienceMs: sessionMs, ...(logger && { logger }) });
  const close = async (): Promise<void> => {
    await consumers.close();
    stepper.close();
    await session.end();
    await Promise.all([notices?.close(), database.close()]);
  };
  let closing: Promise<void> | undefined;
  return {
    features: postgresTasksFeatures,
    declare: (topology) => consumers.declare(topology),
    publish: (messages) => publisher.publish(messages),
    consume: (queue, { prefetch }, handle) => consumers.consume(queue, prefetch, handle),
    depths: () => depths(database),
    deadLetters: (queue, limit) => deadLetters(database, topologies, queue, limit),
    async redrive(queue, ids) {
      const count = await redrive(database, topologies, queue, ids);
      if (count > 0) filled([queue]);
      return count;
    },
    close: () => closing ??= close(),
  };
}
