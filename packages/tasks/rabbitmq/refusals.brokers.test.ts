import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connect } from 'amqplib';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { freePorts } from '@tradewind/embedded/port.ts';
import { startRabbit, type RabbitServer } from '../../../test/brokers/containers.ts';
import { bench, done, scripted, task, type Bench } from '../contract/harness.ts';
import type { Tasks, Topology } from '../port.ts';
import { openRabbitTasks, type RabbitTasksOptions } from './tasks.ts';

let server: RabbitServer;
const clients: Tasks[] = [];

beforeAll(async () => {
  server = await startRabbit({ quorum_tick_interval: 500, collect_statistics_interval: 500 });
});
afterAll(async () => {
  await Promise.all(clients.map((each) => each.close()));
  await server.remove();
});

async function opened(url: string, settings: Partial<RabbitTasksOptions> = {}): Promise<Tasks> {
  const tasks = await openRabbitTasks({ url, name: 'refusals', clock: systemClock, random: systemRandom, ...settings });
  clients.push(tasks);
  return tasks;
}

function broker(settings: Partial<RabbitTasksOptions> = {}): Promise<Bench> {
  const client = () => opened(server.url, { management: server.management, ...settings });
  return bench(async () => ({ clock: systemClock, client, elsewhere: () => Promise.reject(new Error('not needed')), close: async () => undefined }));
}

/** A user with regular expressions for what it may configure, write and read. */
async function user(name: string, ...permissions: [configure: string, write: string, read: string]): Promise<string> {
  await server.exec('rabbitmqctl', '-q', 'add_user', name, 'a secret/of:its@own');
  await server.exec('rabbitmqctl', '-q', 'set_permissions', name, ...permissions);
  const url = new URL(server.url);
  url.username = name;
  url.password = encodeURIComponent('a secret/of:its@own');
  return url.href;
}

test('a server that is not there, a wrong password and a virtual host of nobody are told apart', async () => {
  const wrong = server.url.replace('guest:guest', 'guest:wrong');
  await expect(opened(wrong)).rejects.toMatchObject({ code: 'tasks-credentials-refused', canRetry: false });
  await expect(opened(`${server.url}/nowhere`)).rejects.toMatchObject({ code: 'tasks-forbidden', canRetry: false, message: expect.stringContaining('virtual host') });
  await expect(opened(`amqp://127.0.0.1:${(await freePorts(1))[0]}`)).rejects.toMatchObject({ code: 'tasks-unavailable', canRetry: true });
  await expect(opened('http://127.0.0.1')).rejects.toThrow('amqp');
});

test('the management API asked as a user without its tag refuses, saying so; all else works', async () => {
  const tasks = await opened(await user('untagged', '.*', '.*', '.*'), { management: server.management });
  await expect(tasks.depths()).rejects.toMatchObject({ code: 'tasks-credentials-refused', message: expect.stringContaining('tag') });
  const { queue } = await broker();
  const { name } = await queue();
  expect(await tasks.deadLetters(name, 1)).toEqual([]);
});

test('a service may do with its own queues what their prefix allows, and nothing with another\'s; its refusals disturb no one', async () => {
  const all = await broker();
  const shared: Topology = { exchanges: [{ name: 'shared.commands', kind: 'direct' }], queues: [], bindings: [] };
  await all.tasks.declare(shared);
  const [orders, payments] = await Promise.all(['orders', 'payments'].map(async (service) =>
    opened(await user(service, `^${service}\\.`, `^(${service}\\.|shared\\.)`, `^(${service}\\.|shared\\.)`))));
  const declare = (tasks: Tasks, queue: string, key: string) => tasks.declare({
    exchanges: [{ name: `${queue.split('.')[0]!}.own`, kind: 'direct' }], queues: [{ name: queue, retry: { attempts: 2, delayMs: 10, factor: 1, maxDelayMs: 10 } }],
    bindings: [{ exchange: 'shared.commands', queue, pattern: key }],
  });
  await declare(orders!, 'orders.place', 'place');
  await declare(payments!, 'payments.take', 'take');

  await expect(declare(orders!, 'payments.refund', 'refund')).rejects.toMatchObject({ code: 'tasks-forbidden', message: expect.stringContaining('payments') });
  await expect(orders!.consume('payments.take', { prefetch: 1 }, async () => done)).rejects.toMatchObject({ code: 'tasks-forbidden', canRetry: false });
  await expect(orders!.deadLetters('payments.take', 1)).rejects.toMatchObject({ code: 'tasks-forbidden' });
  await expect(orders!.redrive('payments.take')).resolves.toBe(0);

  const one = scripted({ type: 'retry', reason: 'first' }, { type: 'retry', reason: 'second' });
  await payments!.consume('payments.take', { prefetch: 1 }, one.handle);
  const outcomes = await Promise.allSettled(Array.from({ length: 30 }, (_, n) => orders!.publish([n % 3 === 1 ? task('payments.own', 'take', n) : task('shared.commands', 'place', n)])));
  expect(outcomes.map((each) => (each.status === 'fulfilled' ? 'published' : (each.reason as { code: string }).code)))
    .toEqual(outcomes.map((_, n) => (n % 3 === 1 ? 'tasks-forbidden' : 'published')));
  const placed = scripted();
  await orders!.consume('orders.place', { prefetch: 10 }, placed.handle);
  await all.until('all that was published came', () => new Set(placed.ids()).size === 20);

  await orders!.publish([task('shared.commands', 'take', 'paid')]);
  await all.until('it died', async () => (await payments!.deadLetters('payments.take', 1)).length === 1);
  expect(await payments!.redrive('payments.take')).toBe(1);
  await all.until('it came again', () => one.seen.length === 3);
}, 60_000);

test('a queue that somebody made otherwise is refused, saying how it differs', async () => {
  const { tasks, name } = await broker();
  const [queue, exchange] = [name('made'), name('made')];
  const connection = await connect(server.url);
  const channel = await connection.createChannel();
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'classic' } });
  await channel.assertExchange(exchange, 'headers', { durable: false });
  await connection.close();
  await expect(tasks.declare({ exchanges: [], queues: [{ name: queue }], bindings: [] })).rejects.toMatchObject({ code: 'topology-differs', message: expect.stringMatching(/made.* x-dead-letter-exchange: it has none/) });
  await expect(tasks.declare({ exchanges: [{ name: exchange, kind: 'topic' }], queues: [], bindings: [] })).rejects.toMatchObject({ code: 'topology-differs', message: expect.stringMatching(/made.* is headers, not topic/) });
  await expect(tasks.consume(queue, { prefetch: 1 }, async () => done)).rejects.toMatchObject({ code: 'topology-differs' });
});

test.each([
  ['memory', ['set_vm_memory_high_watermark', 'absolute', '1'], ['set_vm_memory_high_watermark', '0.6']],
  ['disk', ['set_disk_free_limit', '900000GB'], ['set_disk_free_limit', '1MB']],
])('a server short of %s holds publishers up, then they are told; consumers go on; and all flows when it has room again', async (what, starve, feed) => {
  const { tasks, queue, until } = await broker({ patienceMs: 1_500 });
  const { name, exchange, send, figures } = await queue();
  await send(20);
  await server.exec('rabbitmqctl', '-q', ...starve);
  const began = performance.now();
  const refused = { code: 'tasks-unavailable', canRetry: true, message: expect.stringContaining(what) };
  await expect(tasks.publish([task(exchange, 'key', 'first')])).rejects.toMatchObject(refused);
  expect(performance.now() - began).toBeGreaterThan(1_400);
  await expect(tasks.publish([task(exchange, 'key', 'second')])).rejects.toMatchObject(refused);
  const one = scripted();
  const consumer = await tasks.consume(name, { prefetch: 3 }, one.handle);
  await until('what was there is done', () => one.seen.length >= 20);
  await figures({ ready: 0, unsettled: 0 });
  const patient = (await opened(server.url, { patienceMs: 60_000 })).publish([task(exchange, 'key', 'third')]);
  await server.exec('rabbitmqctl', '-q', ...feed);
  await patient;
  await until('it came', () => one.ids().includes('third'));
  await until('it publishes', async () => tasks.publish([task(exchange, 'key', 'fourth')]).then(() => true, () => false));
  await consumer.stop();
}, 60_000);

test('while the server takes nothing, a retry stays in hand, and goes on its way after', async () => {
  const { tasks, queue, until } = await broker({ patienceMs: 500 });
  const { name, exchange, send, figures } = await queue();
  await send(1);
  await server.exec('rabbitmqctl', '-q', 'set_disk_free_limit', '900000GB');
  await expect(tasks.publish([task(exchange, 'key', 'starved')])).rejects.toMatchObject({ code: 'tasks-unavailable' });
  const one = scripted({ type: 'retry', reason: 'once', delayMs: 10 });
  const consumer = await tasks.consume(name, { prefetch: 1 }, one.handle);
  await until('it was tried', () => one.seen.length === 1);
  await figures({ ready: 0, unsettled: 1, retrying: 0 });
  await systemClock.sleep(1_200);
  await server.exec('rabbitmqctl', '-q', 'set_disk_free_limit', '1MB');
  await until('it came again', () => one.seen.some(({ attempt }) => attempt === 2));
  await figures({ ready: 0, unsettled: 0, retrying: 0 });
  await consumer.stop();
}, 60_000);

test('a password that changes while a client runs is told to whoever calls it; with the old one back it goes on', async () => {
  const url = await user('changing', '.*', '.*', '.*');
  const { queue, until } = await broker();
  const { exchange, name } = await queue();
  const tasks = await opened(url);
  const one = scripted();
  await tasks.consume(name, { prefetch: 1 }, one.handle);
  await server.exec('rabbitmqctl', '-q', 'change_password', 'changing', 'another');
  await server.exec('rabbitmqctl', '-q', 'close_all_user_connections', 'changing', 'changed');
  await until('it is told', async () => tasks.publish([task(exchange, 'key', 0)]).then(() => false, (error: { code: string }) => error.code === 'tasks-credentials-refused'));
  await server.exec('rabbitmqctl', '-q', 'change_password', 'changing', 'a secret/of:its@own');
  await until('it publishes', async () => tasks.publish([task(exchange, 'key', 1)]).then(() => true, () => false));
  await until('it consumes', () => one.ids().includes('1'));
}, 60_000);
