import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import type { Tasks, TasksFeatures, Topology } from '../port.ts';
import { connect, migrate } from './database.ts';
import { deadLetters, depths, redrive } from './dead-letters.ts';
import { Dispatcher } from './dispatcher.ts';
import { Publisher } from './publisher.ts';
import { Session } from './session.ts';
import { declareTopology, readTopology } from './topology.ts';

export interface PostgresTasksOptions {
  url: string;
  clock: Clock;
  random: Random;
  wakeup: Wakeup;
  logger?: Logger;
  /** A process silent for so long is dead, and what it held comes again. Default 5 s. */
  sessionMs?: number;
  /** How long without a hint until queues are looked at. Default 200 ms. */
  pollMs?: number;
  /** Default 3. */
  connections?: number;
}

export const postgresTasksFeatures: TasksFeatures = { adapter: 'postgres', durable: true, processes: true, retryKeepsOrder: true };

/** Work queues in PostgreSQL. Messages are claimed in the name of a session that beats: a dead one's come again. */
export async function openPostgresTasks(options: PostgresTasksOptions): Promise<Tasks> {
  const { url, clock, random, wakeup, logger, sessionMs = 5_000, pollMs = 200, connections = 3 } = options;
  await migrate(url);
  const database = connect(url, connections);
  const publisher = new Publisher(database);
  const temporary: Topology[] = [];
  const wake = (queues: string[]) => queues.forEach((queue) => wakeup.wake(`queue:${queue}`));
  const session: Session = new Session({
    database, clock, id: random.id(), ttlMs: sessionMs, released: wake,
    async reborn() {
      for (const topology of temporary) publisher.know(await declareTopology(database, topology, session.id));
    },
  });
  await session.start();
  const dispatcher = new Dispatcher({ database, session: session.id, clock, random, wakeup, pollMs, ...(logger && { logger }) });
  return {
    features: postgresTasksFeatures,
    async declare(topology) {
      publisher.know(await declareTopology(database, topology, session.id));
      if (topology.queues.some((queue) => queue.temporary)) temporary.push(topology);
    },
    async publish(messages) {
      if (messages.length > 0) wake(await publisher.publish(messages));
    },
    async consume(queue, { prefetch }, handle) {
      const policy = (await readTopology(database)).policy(queue);
      return dispatcher.consume({ queue, prefetch, policy, handle });
    },
    depths: () => depths(database),
    deadLetters: (queue, limit) => deadLetters(database, queue, limit),
    async redrive(queue, ids) {
      const count = await redrive(database, queue, ids);
      wake([queue]);
      return count;
    },
    async close() {
      await dispatcher.close();
      await session.close();
      await database.close();
    },
  };
}
