import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import pg from 'pg';
import { testDatabase } from '../../../test/database.ts';
import { until } from '../../../test/until.ts';
import { systemClock } from '../system/clock.ts';
import { Notices } from './notices.ts';

const SOON = { withinMs: 20_000, everyMs: 5 };

let database: { url: string; drop(): Promise<void> };
let admin: pg.Client;
const opened: Notices[] = [];

beforeAll(async () => {
  database = await testDatabase();
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

afterAll(async () => {
  await admin.end();
  await database.drop();
});

/** A process of its own, as far as the others can tell. */
async function process(channel: string): Promise<{ notices: Notices; heard: string[] }> {
  const heard: string[] = [];
  const notices = new Notices({ url: database.url, channel, clock: systemClock, heard: (name) => heard.push(name) });
  opened.push(notices);
  await notices.start();
  return { notices, heard };
}

/** Both know of each other, and nothing is on its way any more. */
async function acquainted(one: Awaited<ReturnType<typeof process>>, other: typeof one): Promise<void> {
  await until('both know of each other', () => {
    one.notices.send(['one']);
    other.notices.send(['other']);
    return one.heard.includes('other') && other.heard.includes('one');
  }, SOON);
  await systemClock.sleep(50);
  one.heard.length = other.heard.length = 0;
}

test('each hears the others on its channel, and not itself', async () => {
  const [one, other, elsewhere] = [await process('a'), await process('a'), await process('b')];
  await acquainted(one, other);
  one.notices.send(['x', 'y']);
  await until('both are heard', () => other.heard.length === 2, SOON);
  expect([one.heard, other.heard, elsewhere.heard]).toEqual([[], ['x', 'y'], []]);
});

test('hints that come together are sent together, all of them', async () => {
  const [one, other] = [await process('together'), await process('together')];
  await acquainted(one, other);
  let messages = 0;
  admin.on('notification', () => { messages += 1; });
  await admin.query('listen together');
  const names = Array.from({ length: 100 }, (_, n) => `${'ü"'.repeat(20)}-${n}`);
  for (const name of names) one.notices.send([name, name]);
  await until('all are heard', () => other.heard.length >= 100, SOON);
  expect(other.heard).toEqual(names);
  await until('a bystander hears of it', () => messages > 0, SOON);
  await systemClock.sleep(50);
  expect(messages).toBeLessThan(5);
  await admin.query('unlisten together');
});

test('one that is alone says nothing but that it is there', async () => {
  const payloads: (string | undefined)[] = [];
  admin.on('notification', ({ payload }) => payloads.push(payload));
  await admin.query('listen alone');
  const { notices } = await process('alone');
  notices.send(['x']);
  await until('it greets', () => payloads.length > 0, SOON);
  await systemClock.sleep(50);
  expect(payloads).toEqual(['[]']);
  await admin.query('unlisten alone');
});

test('what others send on the channel says nothing', async () => {
  const [one, other] = [await process('foreign'), await process('foreign')];
  await acquainted(one, other);
  for (const payload of ['', '{', '{"a":1}', '[1,"x",null]']) await admin.query('select pg_notify($1, $2)', ['foreign', payload]);
  await until('the one name is heard', () => one.heard.length > 0, SOON);
  expect(one.heard).toEqual(['x']);
});

test('closing waits for no server that does not answer', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const notices = new Notices({ url: `postgres://nobody@127.0.0.1:${port}/none`, channel: 'c', clock: systemClock, heard: () => undefined });
  const starting = notices.start();
  await once(silent, 'connection');
  await notices.close();
  silent.close();
  await starting;
});

test('a connection that is cut is made again', async () => {
  const [one, other] = [await process('cut'), await process('cut')];
  await acquainted(one, other);
  await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
  await acquainted(one, other);
});
