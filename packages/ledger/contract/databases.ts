import pg from 'pg';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { localWakeup } from '@tradewind/chassis/wakeup.ts';
import { openPostgresEventStore } from '@tradewind/event-store/postgres/store.ts';
import { topics } from '@tradewind/events/topology.ts';
import { openPostgresParkingLot } from '@tradewind/log/parking/postgres/lot.ts';
import { openPostgresLog } from '@tradewind/log/postgres/log.ts';
import { openPostgresNotifications } from '@tradewind/notifications/model/postgres/model.ts';
import { openPostgresReadModel } from '@tradewind/order-history/read-model/postgres/read-model.ts';
import { openPostgresBook } from '@tradewind/payments/provider/postgres/book.ts';
import { openPostgresTasks } from '@tradewind/tasks/postgres/tasks.ts';
import { testDatabase } from '../../../test/database.ts';
import { storeNames } from '../facts.ts';
import type { LedgerDatabases } from '../postgres/sources.ts';
import type { Run } from './run.ts';
import { writeBook, writeHistory, writeLog, writeNotifications, writeStore } from './write-run.ts';

export type Databases = LedgerDatabases & { brokers: string };
const names = [...storeNames, 'provider', 'order_history', 'notifications', 'brokers'] as const;
const world = { clock: systemClock, random: systemRandom, wakeup: localWakeup() };

/** Tables that tests break. */
const store = ['events', 'outbox_log'];
const tables: Record<keyof Databases, string[]> = {
  orders: store, customers: store, inventory: store, payments: store, provider: ['entries'],
  order_history: ['live.orders', 'live.positions'], notifications: ['notifications'], brokers: ['log.records'],
};
const saved = (table: string) => `saved_${table.replace('.', '_')}`;

export interface Written {
  databases: Databases;
  /** Makes what was broken in a database whole again. */
  restore(name: keyof Databases): Promise<void>;
  drop(): Promise<void>;
}

/** A run in real databases, written through the adapters that services use; nobody is connected any more. */
export async function writtenTo(run: Run): Promise<Written> {
  const made = await Promise.all(names.map(async (name) => [name, await testDatabase()] as const));
  const databases = Object.fromEntries(made.map(([name, { url }]) => [name, url])) as Databases;
  await Promise.all([
    ...storeNames.map(async (name) => {
      const store = await openPostgresEventStore({ url: databases[name], topic: topics[name], name, clock: systemClock });
      await writeStore(run, name, store);
      await store.close();
    }),
    brokers(run, databases.brokers), book(run, databases.provider), history(run, databases.order_history), notifications(run, databases.notifications),
  ]);
  for (const url of [databases.orders, databases.order_history]) await (await openPostgresParkingLot({ url })).close();
  await Promise.all(names.map((name) => execute(databases[name], tables[name].map((table) => `create table ${saved(table)} as table ${table}`).join(';'))));
  return {
    databases,
    restore: (name) => execute(databases[name], tables[name].map((table) => `delete from ${table}; insert into ${table} table ${saved(table)}`).join(';')),
    drop: async () => { await Promise.all(made.map(([, { drop }]) => drop())); },
  };
}

export async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

export async function openBrokers(url: string) {
  const [log, tasks] = await Promise.all([openPostgresLog({ url, ...world }), openPostgresTasks({ url, ...world })]);
  return { log, tasks, close: async () => { await Promise.all([log.close(), tasks.close()]); } };
}

async function brokers(run: Run, url: string): Promise<void> {
  const { log, close } = await openBrokers(url);
  await writeLog(run, log);
  await close();
}

async function book(run: Run, url: string): Promise<void> {
  const opened = await openPostgresBook({ url });
  await writeBook(run, opened);
  await opened.close();
}

async function history(run: Run, url: string): Promise<void> {
  const model = await openPostgresReadModel({ url });
  await writeHistory(run, model);
  await model.close();
}

async function notifications(run: Run, url: string): Promise<void> {
  const model = await openPostgresNotifications({ url });
  await writeNotifications(run, model);
  await model.close();
}
