import { afterAll, beforeAll } from '@jest/globals';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import pg from 'pg';
import { testDatabase } from '../../../test/database.ts';
import { TOPIC } from '../contract/harness.ts';
import { eventStoreContract } from '../contract/event-store.contract.ts';
import type { Outbox } from '../outbox.ts';
import type { EventStore } from '../port.ts';
import { openPostgresEventStore } from './store.ts';

let database: { url: string; drop(): Promise<void> };
let admin: pg.Client;
let stores: (EventStore & Outbox)[];

beforeAll(async () => {
  database = await testDatabase();
  const open = () => openPostgresEventStore({ url: database.url, topic: TOPIC, name: 'test', clock: systemClock });
  stores = await Promise.all([open(), open()]);
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
});

afterAll(async () => {
  await Promise.all([...stores.map((store) => store.close()), admin.end()]);
  await database.drop();
});

eventStoreContract('PostgreSQL', async () => ({
  store: stores[0]!,
  another: async () => stores[1]!,
  pass: (ms) => systemClock.sleep(ms),
  async close() {
    const tables = ['events', 'outbox_log', 'outbox_tasks', 'inbox', 'answers', 'timers', 'snapshots', 'relay_leases'];
    await admin.query(tables.map((table) => `delete from ${table}`).join('; '));
  },
}));
