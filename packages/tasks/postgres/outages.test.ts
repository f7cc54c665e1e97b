import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { localWakeup } from '@tradewind/chassis/wakeup.ts';
import pg from 'pg';
import { startPostgres } from '../../../platform/embedded/postgres/server.ts';
import { testDatabase } from '../../../test/database.ts';
import { bench, done, ids, scripted, task, type Bench } from '../contract/harness.ts';
import type { Tasks } from '../port.ts';
import { openPostgresTasks, type PostgresTasksOptions } from './tasks.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => { for (const end of ends.splice(0).reverse()) await end(); });

type Settings = Partial<PostgresTasksOptions>;

async function opened(url: string, settings: Settings = {}): Promise<Tasks> {
  const tasks = await openPostgresTasks({ url, clock: systemClock, random: systemRandom, wakeup: localWakeup(), ...settings });
  ends.push(() => tasks.close());
  return tasks;
}

/** A broker and a connection to its database. */
async function broker(settings: Settings = {}): Promise<Bench & { sql: pg.Client; url: string }> {
  const { url, drop } = await testDatabase();
  ends.push(drop);
  const sql = new pg.Client({ connectionString: url });
  await sql.connect();
  ends.push(() => sql.end());
  const elsewhere = () => Promise.reject(new Error('not needed'));
  return { ...(await bench(async () => ({ clock: systemClock, client: () => opened(url, settings), elsewhere, close: async () => undefined }))), sql, url };
}

/** Publishes one by one, again and again until each is taken, as the relay does. */
function publishing(tasks: Tasks, exchange: string) {
  const refusals = new Set<unknown>();
  const state = { published: 0, running: true };
  const ended = (async () => {
    while (state.running) {
      try {
        await tasks.publish([task(exchange, 'key', state.published)]);
        state.published += 1;
      } catch (error) {
        refusals.add((error as { code?: unknown }).code);
        await systemClock.sleep(20);
      }
    }
  })();
  return { state, refusals, async stop() { state.running = false; await ended; } };
}

/** Stands between a client and its server; `lose` swallows the next answer to arrive, and cuts that connection. */
async function lossyWire(url: string) {
  const { host, port } = new pg.Client({ connectionString: url });
  let losing = 0;
  const server = createServer((client) => {
    const upstream = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    const cut = (): void => void [client, upstream].forEach((socket) => socket.destroy());
    upstream.on('data', (answer) => {
      if (losing === 0) return client.write(answer);
      losing -= 1;
      cut();
    });
    client.on('data', (request) => upstream.write(request));
    for (const socket of [client, upstream]) socket.on('error', cut).on('close', cut);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(async () => void server.close());
  const through = new URL(url);
  through.search = '';
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: through.href, lose: (answers: number) => { losing = answers; }, lost: () => losing === 0 };
}

test('answers lost on their way, again and again, cost no message and leave none in nobody\'s hands', async () => {
  const { tasks, url, queue, until } = await broker();
  const { name, exchange, depth } = await queue();
  const wire = await lossyWire(url);
  const client = await opened(wire.url, { pollMs: 50, sessionMs: 60_000, notify: false });
  const seen: string[] = [];
  await client.consume(name, { prefetch: 4 }, async ({ envelope: { id } }) => {
    await systemClock.sleep(Number(id) % 4);
    seen.push(id);
    return done;
  });
  const publisher = publishing(tasks, exchange);
  for (let cut = 0; cut < 5; cut += 1) {
    const before = seen.length;
    await until('work goes on', () => seen.length > before + 5);
    wire.lose(1 + (cut % 2));
    await until('they were lost', () => wire.lost());
  }
  await publisher.stop();
  await until('all is done', async () => JSON.stringify(await depth()) === '{"ready":0,"unsettled":0,"retrying":0,"dead":0}');
  expect(new Set(seen)).toEqual(new Set(ids(0, publisher.state.published)));
  expect([...publisher.refusals]).toEqual([]);
});

test('a publisher whose answer was lost is told that it may publish again', async () => {
  const { url, queue } = await broker();
  const { exchange, depth } = await queue();
  const wire = await lossyWire(url);
  const client = await opened(wire.url, { notify: false });
  await client.publish([task(exchange, 'key', 0)]);
  wire.lose(1);
  await expect(client.publish([task(exchange, 'key', 1)])).rejects.toMatchObject({ code: 'tasks-unavailable', canRetry: true });
  await client.publish([task(exchange, 'key', 1)]);
  expect(await depth()).toMatchObject({ ready: 3 });
});

test('a server killed under load costs no message: publishers and consumers go on when it is back', async () => {
  const root = mkdtempSync('/var/tmp/tradewind-tasks-');
  chmodSync(root, 0o755);
  ends.push(async () => rmSync(root, { recursive: true, force: true }));
  const quiet = { folder: path.join(root, 'postgres'), say: () => undefined };
  const first = await startPostgres(quiet);
  const tasks = await opened(first.url('postgres'), { sessionMs: 1_000 });
  const { queue, until } = await bench(async () => ({ clock: systemClock, client: async () => tasks, elsewhere: () => Promise.reject(new Error('not needed')), close: async () => undefined }));
  const { name, exchange, depth } = await queue();
  const seen = scripted();
  await tasks.consume(name, { prefetch: 5 }, seen.handle);
  const publisher = publishing(tasks, exchange);
  await until('messages flow', () => seen.seen.length > 20);
  process.kill(first.pid, 'SIGKILL');
  await first.died;
  await until('a publisher was refused', () => publisher.refusals.size > 0);
  const second = await startPostgres({ ...quiet, port: first.port });
  ends.splice(1, 0, () => second.stop());
  const before = publisher.state.published;
  await until('messages flow again', () => publisher.state.published > before + 20 && seen.seen.length > before + 20);
  await publisher.stop();
  await until('all is done', async () => JSON.stringify(await depth()) === '{"ready":0,"unsettled":0,"retrying":0,"dead":0}');
  expect([...publisher.refusals]).toEqual(['tasks-unavailable']);
  expect(new Set(seen.ids())).toEqual(new Set(ids(0, publisher.state.published)));
});

test('a broker whose server does not answer says so when it is opened', async () => {
  const opening = openPostgresTasks({ url: 'postgres://tradewind@127.0.0.1:1/none', clock: systemClock, random: systemRandom, wakeup: localWakeup() });
  await expect(opening).rejects.toMatchObject({ code: 'tasks-unavailable', canRetry: true });
});

test('several processes may open an empty database at once', async () => {
  const { url, drop } = await testDatabase();
  ends.push(drop);
  const all = await Promise.all([opened(url), opened(url), opened(url)]);
  expect(await all[2]?.depths()).toEqual([]);
});

test('another process is told at once, and finds what it was not told of by looking', async () => {
  const told = await broker({ pollMs: 60_000 });
  const { name, send } = await told.queue();
  const one = scripted();
  const consumer = await told.other.consume(name, { prefetch: 1 }, one.handle);
  for (const n of [0, 1, 2]) {
    await send(1, n);
    await told.until('the hint came', () => one.seen.length === n + 1);
  }
  await consumer.stop();

  const silent = await broker({ pollMs: 50, notify: false });
  const bound = await silent.queue();
  const two = scripted();
  await silent.other.consume(bound.name, { prefetch: 1 }, two.handle);
  await bound.send(1);
  await silent.until('it was found', () => two.seen.length === 1);
});

test('a message committed long after those that were published later is found', async () => {
  const { tasks, sql, queue, until } = await broker({ pollMs: 50 });
  const { name, send, exchange } = await queue();
  await sql.query('begin');
  await sql.query('insert into tasks.messages (queue, task) select id, $2 from tasks.queues where name = $1', [name, JSON.stringify(task(exchange, 'key', 'late'))]);
  const one = scripted();
  await tasks.consume(name, { prefetch: 5 }, one.handle);
  for (let n = 0; n < 8; n += 1) {
    await send(1, n);
    await systemClock.sleep(100);
  }
  await until('the others came', () => one.seen.length === 8);
  await sql.query('commit');
  await until('the late one came', () => one.ids().includes('late'));
});


test('what a session asked for before it lost count comes too late', async () => {
  const { sql, queue } = await broker();
  const { send, depth } = await queue();
  await send(1);
  const { rows: [session] } = await sql.query<{ id: number }>('insert into tasks.sessions default values returning id');
  const step = (epoch: number) => sql.query('select * from tasks.step($1, $2, $3, $4, null, (select array_agg(id) from tasks.queues), $5, $6)', [session?.id, epoch, [], [], [1], [0]]);
  expect((await sql.query('select tasks.recover($1, 1, $2) as stands', [session?.id, []])).rows).toEqual([{ stands: true }]);
  await expect(step(0)).rejects.toMatchObject({ code: 'TW001' });
  expect(await depth()).toMatchObject({ ready: 1, unsettled: 0 });
  expect((await step(1)).rows).toHaveLength(1);
});
