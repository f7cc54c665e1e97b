import { afterEach, expect, test } from '@jest/globals';
import { connect } from 'amqplib';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { freshVhost } from '../../../test/brokers/vhost.ts';
import { wireTo, type Wire } from '../../../test/brokers/wire.ts';
import { bench, depthOf, done, holding, ids, scripted, task, type Bench } from '../contract/harness.ts';
import type { Tasks } from '../port.ts';
import { deadQueue } from './layout.ts';
import { openRabbitTasks, type RabbitTasksOptions } from './tasks.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => { for (const end of ends.splice(0).reverse()) await end(); });

async function opened(url: string, settings: Partial<RabbitTasksOptions> = {}): Promise<Tasks> {
  const tasks = await openRabbitTasks({ url, name: 'outages', clock: systemClock, random: systemRandom, heartbeatS: 1, ...settings });
  ends.push(() => tasks.close());
  return tasks;
}

async function broker(): Promise<Bench & { url: string }> {
  const { url, management, drop } = await freshVhost();
  ends.push(drop);
  const elsewhere = () => Promise.reject(new Error('not needed'));
  return { ...(await bench(async () => ({ clock: systemClock, client: () => opened(url, { management }), elsewhere, close: async () => undefined }))), url };
}

async function wired(url: string): Promise<Wire> {
  const wire = await wireTo(url);
  ends.push(() => wire.close());
  return wire;
}

/** A plain client, as another program would be. */
async function plain(url: string) {
  const connection = await connect(url);
  ends.push(() => connection.close());
  return connection.createConfirmChannel();
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

const empty = { ready: 0, unsettled: 0, retrying: 0, dead: 0 };

test('connections cut again and again cost no message, and consumers come back', async () => {
  const { queue, until, url } = await broker();
  const { name, exchange, figures } = await queue();
  const wire = await wired(url);
  const client = await opened(wire.url);
  const seen = new Set<string>();
  const tries = new Map<string, number>();
  await client.consume(name, { prefetch: 5 }, async ({ envelope: { id } }) => {
    const tried = (tries.get(id) ?? 0) + 1;
    tries.set(id, tried);
    if (Number(id) % 3 === 0 && tried === 1) return { type: 'retry', reason: 'once', delayMs: 30 };
    seen.add(id);
    return done;
  });
  const publisher = publishing(client, exchange);
  for (let cuts = 0; cuts < 5; cuts += 1) {
    const before = seen.size;
    await until('work goes on', () => seen.size > before + 20);
    wire.cut();
  }
  const before = seen.size;
  await until('work goes on', () => seen.size > before + 20);
  await publisher.stop();
  await until('all is done', () => seen.size === publisher.state.published);
  await figures(empty);
  expect([...publisher.refusals]).toEqual(['tasks-unavailable']);
});

test('no more than prefetch are in hand while a cut connection\'s deliveries are still worked on, and those come again, marked', async () => {
  const { queue, until, url } = await broker();
  const { name, send, figures } = await queue();
  const wire = await wired(url);
  const client = await opened(wire.url);
  await send(6);
  const held = holding();
  const consumer = await client.consume(name, { prefetch: 2 }, held.handle);
  await until('two are in hand', () => held.state.inHand === 2);
  wire.cut();
  await figures({ ready: 4, unsettled: 2 }); // given to the new connection, and waiting for the handlers of the old
  expect(held.seen).toHaveLength(2);
  held.open();
  await until('all came', () => held.seen.length === 8);
  expect(held.state.most).toBe(2);
  const again = held.seen.slice(2).map(({ envelope: { id }, redelivered, attempt }) => [id, redelivered, attempt]).sort();
  expect(again).toEqual(ids(0, 6).map((id) => [id, id < '2', 1]));
  await consumer.stop();
  await figures(empty);
});

test('three replicas each get every broadcast; one whose connection was cut gets those after it is back', async () => {
  const { tasks, exchange, name, until, url } = await broker();
  const fanout = await exchange('fanout');
  const wire = await wired(url);
  const names = ['one', 'two', 'three'].map(name);
  const replicas = await Promise.all(names.map(async (queue, at) => {
    const client = await opened(at === 2 ? wire.url : url);
    await client.declare({ exchanges: [{ name: fanout, kind: 'fanout' }], queues: [{ name: queue, temporary: true }], bindings: [{ exchange: fanout, queue, pattern: '' }] });
    const { seen, ids: got, handle } = scripted();
    await client.consume(queue, { prefetch: 5 }, handle);
    return { seen, got };
  }));
  await tasks.publish([task(fanout, '', 'first'), task(fanout, '', 'second')]);
  await until('all have both', () => replicas.every(({ seen }) => seen.length === 2));
  wire.cut();
  await until('its queue went with the connection', async () => (await depthOf(tasks, names[2]!)) === undefined);
  await until('its queue is back', async () => (await depthOf(tasks, names[2]!)) !== undefined);
  await until('and bound: it gets what comes', async () => {
    await tasks.publish([task(fanout, '', 'after')]);
    return replicas[2]!.got().includes('after');
  });
  await until('so did the others', () => replicas.every(({ got }) => got().at(-1) === 'after'));
  expect(replicas.map(({ got }) => got().slice(0, 2))).toEqual([['first', 'second'], ['first', 'second'], ['first', 'second']]);
});

test('a message of a temporary queue is retried, dies, is listed and redriven as others are', async () => {
  const { tasks, exchange, name, until } = await broker();
  const fanout = await exchange('fanout');
  const queue = name('own');
  await tasks.declare({ exchanges: [], queues: [{ name: queue, temporary: true, retry: { attempts: 2, delayMs: 10, factor: 1, maxDelayMs: 10 } }], bindings: [{ exchange: fanout, queue, pattern: '' }] });
  const one = scripted({ type: 'retry', reason: 'first' }, { type: 'retry', reason: 'second' });
  await tasks.consume(queue, { prefetch: 1 }, one.handle);
  await tasks.publish([task(fanout, 'k', 'news')]);
  await until('it died', async () => (await depthOf(tasks, queue))?.dead === 1);
  expect(await tasks.deadLetters(queue, 5)).toMatchObject([{ reason: 'second', attempts: 2, exchange: fanout, routingKey: 'k', envelope: { id: 'news' } }]);
  expect(await tasks.redrive(queue)).toBe(1);
  await until('it came again', () => one.seen.length === 3);
  expect(one.seen.map(({ attempt }) => attempt)).toEqual([1, 2, 1]);
});

test('a server that says nothing more is left, and whoever published is told that the outcome is unknown', async () => {
  const { queue, until, url } = await broker();
  const { exchange, name, figures } = await queue();
  const wire = await wired(url);
  const client = await opened(wire.url);
  const one = scripted();
  await client.consume(name, { prefetch: 1 }, one.handle);
  await client.publish([task(exchange, 'key', 0)]);
  wire.hold();
  await expect(client.publish([task(exchange, 'key', 1)])).rejects.toMatchObject({ code: 'tasks-unavailable', canRetry: true });
  wire.release();
  await until('it publishes again', async () => client.publish([task(exchange, 'key', 2)]).then(() => true, () => false));
  await until('it consumes again', () => one.ids().includes('2'));
  await figures(empty);
});

test('a consumer whose queue is deleted is there again when its client has declared it again, with its bindings; the connection stays', async () => {
  const { tasks, queue, until, url } = await broker();
  const { name, exchange, send } = await queue();
  const one = scripted();
  await tasks.consume(name, { prefetch: 1 }, one.handle);
  await send(1);
  await until('it came', () => one.seen.length === 1);
  const channel = await plain(url);
  for (let deleted = 1; deleted <= 5; deleted += 1) {
    await channel.deleteQueue(name);
    // A connection that is lost meanwhile, as a server does that is asked for a queue that it is just deleting, is seen here.
    await until('it is back', async () => (await depthOf(tasks, name)) !== undefined);
    await until('it consumes', async () => {
      await tasks.publish([task(exchange, 'key', `later ${deleted}`)]).catch(() => undefined);
      return one.ids().includes(`later ${deleted}`);
    });
  }
});

test('an exchange that is deleted under a publisher is unknown from then on; what goes elsewhere at the same time is published', async () => {
  const { tasks, queue, url } = await broker();
  const [gone, stays] = [await queue(), await queue()];
  await Promise.all([gone.send(1), stays.send(1)]);
  const channel = await plain(url);
  await channel.deleteExchange(gone.exchange);
  const outcomes = await Promise.allSettled([stays.send(5, 1), gone.send(1), stays.send(5, 6), gone.send(1)]);
  expect(outcomes.map((each) => (each.status === 'fulfilled' ? 'published' : (each.reason as { code: string }).code)))
    .toEqual(['published', 'exchange-unknown', 'published', 'exchange-unknown']);
  const one = scripted();
  await tasks.consume(stays.name, { prefetch: 20 }, one.handle);
  await stays.figures({ ready: 0 });
  expect(new Set(one.ids())).toEqual(new Set(ids(0, 11)));
});

test('a message that kills whoever takes it is dead in the end, and so is one that is no task; both can be looked at and put back', async () => {
  const { tasks, queue, until, url } = await broker();
  const { name, exchange, send, depth } = await queue();
  await send(1);
  const channel = await plain(url);
  for (let deaths = 0; (await depth())?.dead !== 1; deaths += 1) {
    expect(deaths).toBeLessThan(60);
    const message = await channel.get(name);
    if (message) channel.nack(message, false, true);
    else await systemClock.sleep(20);
  }
  channel.publish(exchange, 'key', Buffer.from('not JSON'), { messageId: 'strange' });
  await channel.waitForConfirms();
  const one = scripted();
  const consumer = await tasks.consume(name, { prefetch: 1 }, one.handle);
  await until('it is dead too', async () => (await depth())?.dead === 2);
  expect(one.seen).toEqual([]);
  const letters = await tasks.deadLetters(name, 5);
  expect(letters).toMatchObject([
    { reason: expect.stringContaining('delivery_limit'), attempts: 1, exchange, routingKey: 'key', envelope: { id: '0' } },
    { id: 'strange', reason: expect.stringContaining('rejected'), envelope: { data: 'not JSON' } },
  ]);
  expect(Math.abs(letters[0]!.at - Date.now())).toBeLessThan(60_000);
  expect(await tasks.redrive(name, [letters[0]!.id])).toBe(1);
  await until('it came', () => one.seen.length === 1);
  expect(one.seen[0]).toMatchObject({ exchange, routingKey: 'key', envelope: { id: '0' }, attempt: 1 });
  await consumer.stop();
});

test('looking at dead letters leaves them as they are, in their order, however often', async () => {
  const { tasks, queue, url, until } = await broker();
  const { name, send, depth } = await queue();
  await send(120);
  const consumer = await tasks.consume(name, { prefetch: 1 }, async () => ({ type: 'dead', reason: 'no' }));
  await until('all are dead', async () => (await depth())?.dead === 120);
  await consumer.stop();
  for (let look = 0; look < 60; look += 1) expect((await tasks.deadLetters(name, 7)).map(({ envelope }) => envelope.id)).toEqual(ids(0, 7));
  expect((await tasks.deadLetters(name, 500)).map(({ envelope }) => envelope.id)).toEqual(ids(0, 120));
  const channel = await plain(url);
  expect((await channel.checkQueue(deadQueue(name))).messageCount).toBe(120);
  expect(await tasks.redrive(name)).toBe(120);
  expect(await depth()).toMatchObject({ ready: 120, dead: 0 });
});

test('a retry with a long delay does not hold up a shorter one; each waits at least as long as it should', async () => {
  const { tasks, queue, until } = await broker();
  const { name, send } = await queue();
  const delays = [1_500, 900, 300, 1_100, 20, 600];
  const first = new Map<string, number>();
  const took = new Map<number, number>();
  await tasks.consume(name, { prefetch: 6 }, async ({ envelope: { id }, attempt }) => {
    const now = performance.now();
    const delayMs = delays[Number(id)]!;
    if (attempt === 1) {
      first.set(id, now);
      return { type: 'retry', reason: 'later', delayMs };
    }
    took.set(delayMs, now - first.get(id)!);
    return done;
  });
  await send(6);
  await until('all came again', () => took.size === 6);
  for (const [delayMs, ms] of took) expect([delayMs, ms >= delayMs, ms < 2 * delayMs + 500]).toEqual([delayMs, true, true]);
});

test('without the management API, figures are those of what the client declared or works on', async () => {
  const { url, queue } = await broker();
  const foreign = await queue();
  const client = await opened(url);
  const own = await bench(async () => ({ clock: systemClock, client: async () => client, elsewhere: () => Promise.reject(new Error('not needed')), close: async () => undefined }));
  const { name, send, figures } = await own.queue();
  await send(5);
  const held = holding();
  const consumer = await client.consume(name, { prefetch: 2 }, held.handle);
  await figures({ ready: 3, unsettled: 2 });
  expect(await depthOf(client, foreign.name)).toBeUndefined();
  held.open();
  await figures(empty);
  await consumer.stop();
});
