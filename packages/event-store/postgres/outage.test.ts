import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { localWakeup } from '@tradewind/chassis/wakeup.ts';
import pg from 'pg';
import { testDatabase } from '../../../test/database.ts';
import { draft, expectStream, outcome, task, TOPIC, waiting } from '../contract/harness.ts';
import { outboxChannel, type Outbox } from '../outbox.ts';
import type { EventStore } from '../port.ts';
import { openPostgresEventStore } from './store.ts';

let database: { url: string; drop(): Promise<void> };
let admin: pg.Client;
let store: EventStore & Outbox;
const wakeup = localWakeup();

beforeAll(async () => {
  database = await testDatabase();
  store = await openPostgresEventStore({ url: database.url, topic: TOPIC, name: 'test', clock: systemClock, wakeup });
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
});

afterAll(async () => {
  await Promise.all([store.close(), admin.end()]);
  await database.drop();
});

test('connections that are cut under load fail appends as unavailable, leave nothing half-written, and are replaced', async () => {
  const failures: string[] = [];
  let writing = true;
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    let acknowledged = 0;
    for (let n = 0; writing || n < 20; n += 1) {
      const result = await outcome(store.append(
        [{ stream: `a-${writer}`, expected: 'any', events: [draft(n)] }, { stream: `b-${writer}`, expected: 'any', events: [draft(n)] }],
        { inbox: { consumer: `c-${writer}`, messageId: String(n) }, tasks: [task(n)] },
      ));
      if (result === 'ok') acknowledged += 1;
      else failures.push(result);
    }
    return acknowledged;
  });
  for (let cut = 0; cut < 5 || (failures.length === 0 && cut < 50); cut += 1) {
    await systemClock.sleep(60);
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
  }
  writing = false;
  const acknowledged = await Promise.all(writers);
  for (let answered = 0; answered < 5;) answered = await outcome(store.ping()) === 'ok' ? answered + 1 : 0;

  expect(failures.length).toBeGreaterThan(0);
  expect(new Set(failures)).toEqual(new Set(['store-unavailable']));
  let appends = 0;
  for (const [writer, count] of acknowledged.entries()) {
    const [a, b] = await store.load([{ stream: `a-${writer}` }, { stream: `b-${writer}` }]);
    const numbers = a!.events.map((event) => (event.data as { n: number }).n);
    expect(b!.events.map((event) => (event.data as { n: number }).n)).toEqual(numbers);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.length).toBeGreaterThanOrEqual(count);
    appends += numbers.length;
  }
  expect(await waiting(store, 'log')).toHaveLength(appends * 2);
  expect(await waiting(store, 'tasks')).toHaveLength(appends);
  const { rows } = await admin.query('select count(*)::int as n from inbox');
  expect(rows).toEqual([{ n: appends }]);
});

test('a database that is gone is unavailable to every call', async () => {
  const doomed = await testDatabase();
  const open = () => openPostgresEventStore({ url: doomed.url, topic: TOPIC, name: 'test', clock: systemClock });
  const orphan = await open();
  await doomed.drop();
  expect(await outcome(orphan.ping())).toBe('store-unavailable');
  expect(await outcome(orphan.append([{ stream: 's', expected: 0, events: [draft()] }]))).toBe('store-unavailable');
  expect(await outcome(orphan.load([{ stream: 's' }]))).toBe('store-unavailable');
  expect(await outcome(orphan.scan('log', 0, 1))).toBe('store-unavailable');
  expect(await outcome(open())).toBe('store-unavailable');
  await orphan.close();
});

test('what only the server finds wrong fails alone in its group', async () => {
  const outcomes = await Promise.all([0, 0.5, 0, 0].map((expected, n) =>
    outcome(store.append([{ stream: `odd-${n}`, expected, events: [draft(n)] }], { inbox: { consumer: 'odd', messageId: String(n) } }))));
  expect(outcomes).toEqual(['ok', 'event-invalid', 'ok', 'ok']);
  await expectStream(store, 'odd-3', [3]);
});

test('a commit wakes the relay in this process', async () => {
  let woken = 0;
  const stop = wakeup.listen(outboxChannel('test', 'log'), () => { woken += 1; });
  await Promise.all(Array.from({ length: 200 }, (_, n) => store.append([{ stream: `woken-${n}`, expected: 0, events: [draft(n)] }])));
  expect(woken).toBeGreaterThan(0);
  woken = 0;
  await store.append([{ stream: 'woken-0', expected: 1, events: [] }], { inbox: { consumer: 'woken', messageId: 'm' } });
  expect(woken).toBe(0);
  stop();
});

test('a duplicate that a stale statement misses is still a conflict, when another process wrote in between', async () => {
  const other = await openPostgresEventStore({ url: database.url, topic: TOPIC, name: 'test', clock: systemClock });
  for (let n = 0; n < 40; n += 1) {
    const stream = `s-${n}`;
    const outcomes = await Promise.all([store, other, store, other].map((each, at) =>
      outcome(each.append([{ stream, expected: at < 2 ? 0 : 'any', events: [draft(at)] }]))));
    const [loaded] = await store.load([{ stream }]);
    expect(loaded!.version).toBe(outcomes.filter((each) => each === 'ok').length);
    expect(outcomes.slice(2)).toEqual(['ok', 'ok']);
  }
  await other.close();
});

test('an append that comes second gives up no connection', async () => {
  const append = (expected: number) => outcome(store.append([{ stream: 'contested', expected, events: [draft(expected)] }]));
  expect([await append(0), await append(1)]).toEqual(['ok', 'ok']);
  const connections = async () => (await admin.query<{ pid: number }>('select pid from pg_stat_activity where datname = current_database() and backend_type = \'client backend\' order by pid')).rows.map(({ pid }) => pid);
  const before = await connections();
  for (let n = 0; n < 5; n += 1) expect(await append(1)).toBe('stream-conflict');
  expect(await connections()).toEqual(before);
});
