import type { Clock } from '@tradewind/chassis/clock.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { Tasks } from '../port.ts';
import { Connection } from './connection.ts';
import { Consumers } from './consumers.ts';
import { rabbitTasksFeatures } from './features.ts';
import { depths } from './figures.ts';
import { Letters } from './letters.ts';
import { Management } from './management.ts';
import { Mover } from './mover.ts';
import { Publisher } from './publisher.ts';
import { Scratch } from './scratch.ts';
import { Sender } from './sender.ts';
import { serverOf } from './server.ts';
import { Topologies } from './topologies.ts';

export interface RabbitTasksOptions {
  /** `amqp(s)://user:password@host:port/vhost`; RabbitMQ 4 or later. */
  url: string;
  /**
   * Origin of the management API, as `https://host:15671`, used with the URL's user, who needs the tag `management`.
   * Only `depths` asks it. Without it, `depths` names the queues that this client declared or works on, and `unsettled`
   * counts what this client has in hand.
   */
  management?: string;
  /** PEM text of the authority that signed the server's certificate, for both. */
  ca?: string;
  /** By which the server lists the connections. */
  name: string;
  clock: Clock;
  random: Random;
  logger?: Logger;
  /** A process silent for longer than this, in seconds, is dead within about twice that. Default 3. */
  heartbeatS?: number;
  /** Nobody waits longer for a server that does not answer, or takes no messages, in ms. Default 10 s. */
  patienceMs?: number;
}

const DEFAULTS = { heartbeatS: 3, patienceMs: 10_000 };
/** Channels that figures are asked by. */
const ASKING = 4;

/** @throws CodedError `tasks-unavailable` · `tasks-credentials-refused` · `tasks-forbidden` (the virtual host) */
export async function openRabbitTasks(options: RabbitTasksOptions): Promise<Tasks> {
  const { url, management: origin, ca, name, clock, random, logger, heartbeatS, patienceMs } = { ...DEFAULTS, ...options };
  const server = serverOf(url, ca);
  const management = origin === undefined ? undefined : new Management(origin, server, patienceMs);
  const shared = { clock, random, patienceMs, ...(logger && { logger }) };
  // A server short of memory or disk stops reading from whoever publishes: what is settled goes another way.
  const publishing = new Connection({ server, name: `${name} (publishing)`, heartbeatS, ...shared });
  const consuming = new Connection({ server, name, heartbeatS, ...shared });
  const opened = await Promise.allSettled([publishing.open(), consuming.open()]);
  const refused = opened.find((each) => each.status === 'rejected');
  if (refused) {
    await Promise.all([publishing.close(), consuming.close()]);
    throw refused.reason;
  }
  const scratches = Array.from({ length: ASKING }, () => new Scratch({ connection: consuming, clock, patienceMs }));
  const scratch = new Scratch({ connection: consuming, clock, patienceMs });
  const topologies = new Topologies(scratch);
  const sender = (): Sender => new Sender({ connection: publishing, clock, patienceMs });
  const mover = new Mover({ sender: sender(), topologies, clock, random });
  const publisher = new Publisher({ sender: sender(), careful: sender(), topologies });
  const consumers = new Consumers({ connection: consuming, topologies, mover, ...shared });
  const letters = new Letters({ connection: consuming, topologies, mover, scratch, clock, patienceMs });
  const close = async (): Promise<void> => {
    await consumers.close();
    await Promise.all([publishing.close(), consuming.close()]);
  };
  let closing: Promise<void> | undefined;
  return {
    features: rabbitTasksFeatures,
    declare: (topology) => topologies.declare(topology),
    publish: (messages) => publisher.publish(messages),
    consume: (queue, { prefetch }, handle) => consumers.consume(queue, prefetch, handle),
    depths: () => depths({ topologies, scratches, unsettled: (queue) => consumers.unsettled(queue), ...(management && { management }) }),
    deadLetters: (queue, limit) => letters.list(queue, limit),
    redrive: (queue, ids) => letters.redrive(queue, ids),
    close: () => closing ??= close(),
  };
}
