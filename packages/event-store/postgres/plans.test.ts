import { expect, test } from '@jest/globals';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import pg from 'pg';
import { testDatabase } from '../../../test/database.ts';
import { TOPIC } from '../contract/harness.ts';
import { openPostgresEventStore } from './store.ts';

const RELAYED = 20_000;
const WAITING = 10;

/** Plans that a pool's statements get when they have run a few times. */
function withGenericPlans(url: string): string {
  const generic = new URL(url);
  generic.searchParams.set('options', '-c plan_cache_mode=force_generic_plan');
  return generic.href;
}

test('a scan reads the events that wait and no others, also where statistics are of before the outbox was emptied', async () => {
  const { url, drop } = await testDatabase();
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    const store = await openPostgresEventStore({ url: withGenericPlans(url), topic: TOPIC, name: 'test', clock: systemClock });
    await admin.query('alter table outbox_log set (autovacuum_enabled = off)');
    const append = (count: number) => admin.query(
      `with new as (
         insert into events (stream, version, envelope) select 'stream-' || nextval('positions'), 1, '{}' from generate_series(1, $1) returning position)
       insert into outbox_log (id) select position from new`, [count]);
    await append(RELAYED);
    await admin.query('delete from outbox_log');
    await append(WAITING);
    await admin.query('analyze events');
    const { rows: [first] } = await admin.query<{ id: number }>('select min(id)::float8 as id from outbox_log');
    await expect(store.scan('log', (first?.id ?? 0) - 1, 500)).resolves.toHaveLength(WAITING);
    await store.close(); // its connections tell what they have read as they end
    await expect(eventsRead(admin)).resolves.toBe(WAITING);
  } finally {
    await admin.end();
    await drop();
  }
});

test('loading a stream reads what follows its snapshot and no other events, also where a few streams hold all', async () => {
  const { url, drop } = await testDatabase();
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    const store = await openPostgresEventStore({ url: withGenericPlans(url), topic: TOPIC, name: 'test', clock: systemClock });
    await admin.query(`insert into events (stream, version, envelope) select 'stream-' || n, v, '{}' from generate_series(1, 3) n, generate_series(1, 20000) v`);
    await admin.query('analyze events');
    await store.saveSnapshot('stream-2', { version: 20_000 - WAITING, schema: 'v1', state: {} });
    const [stream] = await store.load([{ stream: 'stream-2', snapshotSchema: 'v1' }]);
    expect(stream?.events).toHaveLength(WAITING);
    await store.close();
    await expect(eventsRead(admin)).resolves.toBeLessThan(WAITING + 5);
  } finally {
    await admin.end();
    await drop();
  }
});

/** Rows of `events` that were fetched by an index or read one after another, once anything is known of it. */
async function eventsRead(admin: pg.Client): Promise<number> {
  for (const end = systemClock.now() + 10_000; systemClock.now() < end; await systemClock.sleep(50)) {
    const { rows: [found] } = await admin.query<{ read: number }>(
      `select (coalesce(idx_tup_fetch, 0) + seq_tup_read)::int as read from pg_stat_user_tables where relname = 'events'`);
    if (found && found.read > 0) return found.read;
  }
  throw new Error('the statistics say nothing of what was read');
}
