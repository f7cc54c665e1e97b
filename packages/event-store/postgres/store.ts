import type { Clock } from '@tradewind/chassis/clock.ts';
import { Notices } from '@tradewind/chassis/postgres/notices.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import { outboxChannel, type Outbox } from '../outbox.ts';
import type { Answer, EventStore, Timer } from '../port.ts';
import { Appender } from './append.ts';
import { connect, type Database } from './database.ts';
import { asStoreError } from './failure.ts';
import { knowingLeads } from './leads.ts';
import { migrate } from './migrate.ts';
import { postgresOutbox } from './outbox.ts';
import { load, readAll, saveSnapshot, streams } from './read.ts';

export interface PostgresEventStoreOptions {
  url: string;
  /** Topic of the log that this store's events go to. */
  topic: string;
  /** The relay's name, whose lanes are woken on their `outboxChannel`. */
  name: string;
  clock: Clock;
  wakeup?: Wakeup;
  /** Appends' own connections, default 2; one more serves everything else. */
  connections?: number;
  /** Appends that share a statement and a commit, at most. Default 64. */
  groupSize?: number;
  /** Hints to and from other processes too, that there is something in the outbox, over one more connection. Default true. */
  notify?: boolean;
}

const CHANNEL = 'tradewind_outbox';

const ANSWER = {
  name: 'answer',
  text: 'select scope, key, fingerprint, status, headers, body, at::float8 as at from answers where scope = $1 and key = $2',
};
const DUE_TIMERS = {
  name: 'due-timers',
  text: 'select id, due_at::float8 as "dueAt", data from timers where due_at <= $1 order by due_at, id limit $2',
};
const PRUNE_INBOX = { name: 'prune-inbox', text: 'delete from inbox where at < $1' };
const PRUNE_ANSWERS = { name: 'prune-answers', text: 'delete from answers where at < $1' };
const PING = { name: 'ping', text: 'select' };

/**
 * Opens the store of one service in its own database; its tables are created or brought up to date first.
 * @throws CodedError `store-unavailable`
 */
export async function openPostgresEventStore(options: PostgresEventStoreOptions): Promise<EventStore & Outbox> {
  const { url, topic, name, clock, wakeup, connections = 2, groupSize = 64, notify = true } = options;
  await migrate(url).catch((error: unknown) => { throw asStoreError(error); });
  const database = connect(url, connections + 1);
  const notices = notify ? new Notices({ url, channel: CHANNEL, clock, heard: (channel) => wakeup?.wake(channel) }) : undefined;
  await notices?.start();
  const { outbox, leads } = knowingLeads(postgresOutbox(database, topic));
  const appender = new Appender({
    database, clock, width: connections, size: groupSize,
    committed(lane) {
      const channel = outboxChannel(name, lane);
      wakeup?.wake(channel);
      if (!leads(lane)) notices?.send([channel]);
    },
  });
  return {
    append: (writes, act = {}) => appender.append(writes, act),
    load: (wanted) => load(database, wanted),
    saveSnapshot: (stream, snapshot) => saveSnapshot(database, stream, snapshot),
    streams: (prefix, after, limit) => streams(database, prefix, after, limit),
    readAll: (after, limit) => readAll(database, after, limit),
    dueTimers: (now, limit) => database.query<Timer>(DUE_TIMERS, [now, limit]),
    ...outbox,
    ...upkeep(database),
    async close() {
      await Promise.all([notices?.close(), database.close()]);
    },
  };
}

function upkeep(database: Database): Pick<EventStore, 'answer' | 'prune' | 'ping'> {
  return {
    answer: async (scope, key) => (await database.query<Answer>(ANSWER, [scope, key]))[0],
    async prune(before) {
      await database.query(PRUNE_INBOX, [before.inbox]);
      await database.query(PRUNE_ANSWERS, [before.answers]);
    },
    async ping() {
      await database.query(PING);
    },
  };
}

