import type { Clock } from '@tradewind/chassis/clock.ts';
import { Notices } from '@tradewind/chassis/postgres/notices.ts';
import type { Logger } from '@tradewind/chassis/logger.ts';
import type { Random } from '@tradewind/chassis/random.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import { Member, wakeReaders, type Grounds } from '../group/member.ts';
import type { Log } from '../port.ts';
import { connect } from './database.ts';
import { postgresLogFeatures } from './features.ts';
import { postgresGroups } from './groups.ts';
import { migrate } from './migrate.ts';
import { positions } from './positions.ts';
import { Publisher } from './publisher.ts';
import { Reader } from './reader.ts';
import { startRetention } from './retention.ts';
import { Topics } from './topics.ts';

export interface PostgresLogOptions {
  /** Connection string; PostgreSQL 17 or later. The log has a schema of its own and keeps three connections. */
  url: string;
  clock: Clock;
  random: Random;
  wakeup: Wakeup;
  logger?: Logger;
  /** A member that is silent for this long loses its partitions. Default 6 s. */
  leaseMs?: number;
  /** Records are looked for this often where no hint came. Default 250 ms. */
  pollMs?: number;
  /** A hint waits this long for more of them. Default 2 ms. */
  lingerMs?: number;
  /** Old records are dropped this often. Default 60 s. */
  retentionEveryMs?: number;
}

const CHANNEL = 'tradewind_log';

/** A durable log without a broker. @throws CodedError `log-unavailable` when the server does not answer. */
export async function openPostgresLog(options: PostgresLogOptions): Promise<Log> {
  const { url, clock, random, logger, leaseMs = 6_000, pollMs = 250, lingerMs = 2, retentionEveryMs = 60_000 } = options;
  await migrate(url);
  const durable = connect(url, { durable: true });
  const quick = connect(url, { durable: false });
  const notices = new Notices({ url, channel: CHANNEL, clock, heard: (name) => options.wakeup.wake(name) });
  await notices.start();
  const wakeup = everywhere(options.wakeup, notices);
  const topics = new Topics(durable);
  const reader = new Reader(quick, topics);
  const publisher = new Publisher(durable);
  const grounds: Grounds = { store: postgresGroups({ durable, quick, topics, reader }), clock, logger, wakeup, leaseMs, pollMs, lingerMs };
  const retention = startRetention({ database: quick, clock, logger, everyMs: retentionEveryMs });
  const members = new Set<Member>();
  return {
    features: postgresLogFeatures,
    ensureTopics: (specs) => topics.ensure(specs),
    async publish(topic, messages) {
      const given = await publisher.publish(await topics.named(topic), messages);
      wakeReaders(wakeup, topic, given);
      return given;
    },
    async subscribe(subscription, handle) {
      const member = new Member(grounds, random.id(), subscription, handle);
      await member.start(subscription.from ?? 'beginning');
      members.add(member);
      return member;
    },
    async read(topic, partition, from, limit) {
      const [fetched] = await reader.fetch([{ topic, partition, from, limit }]);
      return fetched?.records ?? [];
    },
    ...positions(durable, topics),
    async close() {
      await Promise.all([...members].map((member) => member.stop()));
      await retention.stop();
      await Promise.all([notices.close(), durable.close(), quick.close()]);
    },
  };
}

/** Hints that reach this process at once, and the others soon. */
function everywhere(wakeup: Wakeup, notices: Notices): Wakeup {
  return {
    wake(channel) {
      wakeup.wake(channel);
      notices.send([channel]);
    },
    listen: (channel, task) => wakeup.listen(channel, task),
  };
}
