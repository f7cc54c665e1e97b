import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import type { Running } from '@tradewind/chassis/service.ts';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { localWakeup, type Wakeup } from '@tradewind/chassis/wakeup.ts';
import pg from 'pg';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { testDatabase } from '../../../test/database.ts';
import { draft, task, TOPIC, waiting } from '../contract/harness.ts';
import { relayContract } from '../contract/relay.contract.ts';
import { outboxChannel, type Outbox } from '../outbox.ts';
import type { EventStore } from '../port.ts';
import { startRelay, type RelayOptions } from '../relay/relay.ts';
import { openPostgresEventStore } from './store.ts';

let database: { url: string; drop(): Promise<void> };
let admin: pg.Client;

beforeAll(async () => {
  database = await testDatabase();
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
});

afterAll(async () => {
  await admin.end();
  await database.drop();
});

function open(wakeup: Wakeup): Promise<EventStore & Outbox> {
  return openPostgresEventStore({ url: database.url, topic: TOPIC, name: 'test', clock: systemClock, wakeup });
}

/** A relay, and what it has sent to the log: each event as its stream and version. */
function relayOf(store: Outbox, wakeup: Wakeup, settings: NonNullable<RelayOptions['settings']>): { relay: Running; sent: string[] } {
  const sent: string[] = [];
  const relay = startRelay({
    name: 'test', outbox: store, wakeup, clock: systemClock, random: seededRandom(2), metrics: new Registry(), logger: pino({ level: 'silent' }),
    log: { async publish(_topic, messages) {
      sent.push(...messages.map(({ envelope }) => `${envelope.subject}@${envelope.streamversion}`));
      return [];
    } },
    tasks: { publish: async () => undefined }, settings,
  });
  return { relay, sent };
}

relayContract('PostgreSQL', async (wakeup) => {
  const store = await open(wakeup);
  return {
    store, clock: systemClock,
    async close() {
      await store.close();
      await admin.query('delete from events; delete from outbox_log; delete from outbox_tasks; delete from relay_leases');
    },
  };
});

test.each([
  ['soon after', { trailMs: 60_000, fullScanMs: 3_600_000 }, 50],
  ['so long after that only a scan from the beginning finds it', { trailMs: 50, fullScanMs: 700 }, 300],
])('an event with a lower place that is committed %s is published', async (_, times, afterMs) => {
  const wakeup = localWakeup();
  const store = await open(wakeup);
  const { relay, sent } = relayOf(store, wakeup, { ttlMs: 2_000, pollMs: 20, batch: 10, ...times });
  await store.append([{ stream: 'first', expected: 'any', events: [draft()] }]);
  await admin.query('begin');
  await admin.query(`with stored as (insert into events (stream, version, envelope) values ('late', 1, $1) returning position)
    insert into outbox_log (id) select position from stored`, [JSON.stringify(draft())]);
  for (let n = 0; n < 15; n += 1) {
    await store.append([{ stream: `early-${n}`, expected: 'any', events: [draft()] }]);
    await systemClock.sleep(afterMs / 15);
  }
  while ((await waiting(store, 'log')).length > 0) await systemClock.sleep(10);
  expect(sent).toContain('early-14@1');
  await admin.query('commit');
  for (let waited = 0; !sent.includes('late@1') && waited < 5_000; waited += 20) await systemClock.sleep(20);
  expect(sent).toContain('late@1');
  await relay.stop();
  await store.close();
  await admin.query('delete from events; delete from outbox_log; delete from relay_leases');
});

test('what another process commits is published at once, not when it is looked for', async () => {
  const [mine, others] = [localWakeup(), localWakeup()];
  const store = await open(mine);
  const { relay, sent } = relayOf(store, mine, { pollMs: 3_600_000 });
  await store.append([{ stream: 'mine', expected: 0, events: [draft()] }]);
  while (sent.length === 0) await systemClock.sleep(5); // from here on it has hints alone
  const other = await open(others);
  for (let n = 0; sent.length === 1; n += 1) { // until they know of each other
    await other.append([{ stream: `other-${n}`, expected: 0, events: [draft()] }]);
    await systemClock.sleep(20);
  }
  await other.append([{ stream: 'last', expected: 0, events: [draft()] }]);
  while (!sent.includes('last@1')) await systemClock.sleep(5);
  await relay.stop();
  await Promise.all([store.close(), other.close()]);
  await admin.query('delete from events; delete from outbox_log; delete from relay_leases');
});

test('other processes are told of what the relay here does not lead, and of nothing else', async () => {
  const [mine, others] = [localWakeup(), localWakeup()];
  const [store, other] = [await open(mine), await open(others)];
  const heard: string[] = [];
  for (const lane of ['log', 'tasks'] as const) others.listen(outboxChannel('test', lane), () => heard.push(lane));
  let written = 0;
  const write = () => store.append([{ stream: `told-${written += 1}`, expected: 0, events: [draft()] }], { tasks: [task(1)] });
  const told = async () => {
    heard.length = 0;
    await write();
    await systemClock.sleep(100);
    return [...new Set(heard)].sort();
  };
  for (let asked = 0; heard.length === 0; asked += 1) { // until they know of each other
    expect(asked).toBeLessThan(500);
    await write();
    await systemClock.sleep(20);
  }
  expect(await told()).toEqual(['log', 'tasks']);
  const epoch = await store.lead('log', 'here', 60_000);
  expect(await told()).toEqual(['tasks']);
  expect(await other.lead('log', 'there', 60_000)).toBeUndefined();
  expect(await store.remove('log', epoch! + 1, [])).toBe(false); // as it is told when another leads by now
  expect(await told()).toEqual(['log', 'tasks']);
  await store.lead('log', 'here', 60_000);
  expect(await told()).toEqual(['tasks']);
  await store.yield('log', 'here');
  expect(await told()).toEqual(['log', 'tasks']);
  await other.lead('log', 'there', 60_000);
  expect(await store.lead('log', 'here', 60_000)).toBeUndefined();
  expect(await told()).toEqual(['log', 'tasks']);
  await Promise.all([store.close(), other.close()]);
  await admin.query('delete from events; delete from outbox_log; delete from outbox_tasks; delete from relay_leases');
});

test('an event of a stream is published before the next of that stream, however late it was committed', async () => {
  const wakeup = localWakeup();
  const store = await open(wakeup);
  const { relay, sent } = relayOf(store, wakeup, { ttlMs: 2_000, pollMs: 20, trailMs: 50, fullScanMs: 3_600_000 });
  await store.append([{ stream: 'first', expected: 'any', events: [draft()] }]);
  await admin.query('begin');
  await admin.query(`with stored as (insert into events (stream, version, envelope) values ('late', 1, $1) returning position)
    insert into outbox_log (id) select position from stored`, [JSON.stringify(draft())]);
  for (let n = 0; n < 10; n += 1) {
    await store.append([{ stream: `early-${n}`, expected: 'any', events: [draft()] }]);
    await systemClock.sleep(20);
  }
  while (!sent.includes('early-9@1')) await systemClock.sleep(10);
  await admin.query('commit');
  await store.append([{ stream: 'late', expected: 1, events: [draft()] }]);
  for (let waited = 0; !sent.includes('late@2') && waited < 5_000; waited += 20) await systemClock.sleep(20);
  expect(sent.filter((each) => each.startsWith('late'))).toEqual(['late@1', 'late@2']);
  await relay.stop();
  await store.close();
  await admin.query('delete from events; delete from outbox_log; delete from relay_leases');
});
