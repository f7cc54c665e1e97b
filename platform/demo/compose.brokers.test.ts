import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom as random } from '@tradewind/chassis/system/random.ts';
import { startCompose, type ComposePlatform } from '@tradewind/compose/platform.ts';
import { accessOf, type Access } from '@tradewind/compose/servers/access.ts';
import { docker } from '@tradewind/compose/servers/docker.ts';
import { freeServerPorts } from '@tradewind/compose/servers/free-ports.ts';
import { generate } from '@tradewind/compose/servers/generate.ts';
import { exchanges, notificationsQueue, queueOf, topics } from '@tradewind/events/topology.ts';
import { message, until } from '@tradewind/log/contract/harness.ts';
import { openKafkaLog } from '@tradewind/log/kafka/log.ts';
import type { Log } from '@tradewind/log/port.ts';
import { reach } from '@tradewind/process/postgres/reach.ts';
import type { Tasks } from '@tradewind/tasks/port.ts';
import { openRabbitTasks } from '@tradewind/tasks/rabbitmq/tasks.ts';
import { tradewind } from '../../test/tradewind.ts';
import { demo } from './demo.ts';

jest.setTimeout(240_000);

const project = `tradewind-test-${process.pid}`;
const said: string[] = [];
let folder: string;
let platform: ComposePlatform;
let access: Access;
let ca: string;

beforeAll(async () => {
  folder = mkdtempSync('/var/tmp/tradewind-test-');
  const ports = await freeServerPorts();
  platform = await startCompose({ data: folder, port: 0, project, ports, atEnd: 'remove-all', logLevel: 'warn', say: (line) => said.push(line) });
  const generated = await generate(platform.project.folder, Date.now());
  access = accessOf(generated, ports);
  ca = readFileSync(generated.caFile, 'utf8');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `use` of a service's own connection to the log rejects with; `ok` when it does not. */
async function onKafka(user: 'customers' | 'ledger', use: (log: Log) => Promise<unknown>, secret?: string): Promise<string> {
  const { brokers, username, password } = access.brokers(user).kafka;
  const sasl = { mechanism: 'plain' as const, username, password: secret ?? password };
  return outcome(async () => {
    const log = await openKafkaLog({ brokers, clientId: 'stranger', tls: { ca }, sasl, clock, random });
    await use(log).finally(() => log.close());
  });
}

async function onRabbit(url: string, use: (tasks: Tasks) => Promise<unknown>): Promise<string> {
  return outcome(async () => {
    const tasks = await openRabbitTasks({ url, ca, name: 'stranger', clock, random });
    await use(tasks).finally(() => tasks.close());
  });
}

async function outcome(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return 'ok';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

test('the demo plays its orders, the ledger holds, and it reads by a user of its own', async () => {
  const lines: string[] = [];
  expect(await demo({ platform, orders: 50, seed: 1, say: (line) => lines.push(line), out: process.stderr, here: true })).toBe(true);
  expect(lines.join('\n')).toContain('log on kafka, tasks on rabbitmq');
  expect(await tradewind(folder, ['ledger', 'check', '--wait', '30s'])).toMatchObject({ code: 0, err: '' });
  expect(await tradewind(folder, ['status'])).toMatchObject({ code: 0, out: expect.stringMatching(/log on kafka, tasks on rabbitmq[^]*order-history +0/) });
});

test('a service that is killed comes again, and dead letters can be asked for', async () => {
  const inventory = platform.services.find(({ name }) => name === 'inventory');
  const { pid } = inventory ?? {};
  expect(inventory?.kill()).toBe(true);
  await until('inventory is back', async () => inventory?.pid !== pid && await inventory?.ready() === true, 30_000);
  expect(said).toContain('inventory ended (SIGKILL): starting it again in 250 ms');
  expect(await tradewind(folder, ['dead-letters', 'list', '--queue', notificationsQueue])).toMatchObject({ code: 0, err: '', out: 'There is no dead letter.' });
  expect(await tradewind(folder, ['dead-letters', 'redrive', queueOf.TakePayment, '--all'])).toMatchObject({ code: 0, err: '' });
});

test("a service's user of Kafka writes its own topic, and neither writes nor reads another's, nor joins another's group", async () => {
  const handle = () => Promise.resolve();
  expect({
    own: await onKafka('customers', (log) => log.ends(topics.customers)),
    write: await onKafka('customers', (log) => log.publish(topics.orders, [message('o', 1)])),
    read: await onKafka('customers', (log) => log.read(topics.orders, 0, 0, 1)),
    group: await onKafka('customers', (log) => log.subscribe({ group: 'orders.saga', topics: [topics.customers] }, handle)),
    create: await onKafka('customers', (log) => log.ensureTopics([{ name: 'mine', partitions: 1 }])),
    ledgerReads: await onKafka('ledger', (log) => log.read(topics.orders, 0, 0, 1)),
    ledgerWrites: await onKafka('ledger', (log) => log.publish(topics.orders, [message('o', 1)])),
    password: await onKafka('customers', (log) => log.ends(topics.customers), 'guessed'),
  }).toEqual({
    own: 'ok', write: 'log-forbidden', read: 'log-forbidden', group: 'log-forbidden', create: 'log-forbidden',
    ledgerReads: 'ok', ledgerWrites: 'log-forbidden', password: 'log-credentials-refused',
  });
});

test("a service's user of RabbitMQ works on its own queues, and sends no commands", async () => {
  const { url } = access.brokers('customers').rabbitmq;
  const { envelope } = message('o', 1);
  const done = () => Promise.resolve({ type: 'done' as const });
  expect({
    consume: await onRabbit(url, (tasks) => tasks.consume(queueOf.TakePayment, { prefetch: 1 }, done)),
    publish: await onRabbit(url, (tasks) => tasks.publish([{ exchange: exchanges.commands, routingKey: queueOf.TakePayment, envelope }])),
    letters: await onRabbit(url, (tasks) => tasks.deadLetters(queueOf.TakePayment, 1)),
    declare: await onRabbit(url, (tasks) => tasks.declare({ exchanges: [{ name: 'mine', kind: 'direct' }], queues: [], bindings: [] })),
    password: await onRabbit(url.replace(/:[^:@]+@/, ':guessed@'), () => Promise.resolve()),
  }).toEqual({
    consume: 'tasks-forbidden', publish: 'tasks-forbidden', letters: 'tasks-forbidden', declare: 'tasks-forbidden',
    password: 'tasks-credentials-refused',
  });
});

test("a service's role on PostgreSQL enters its own database and no other, by TLS only", async () => {
  const enter = (url: string) => outcome(() => reach(url));
  const own = access.database('customers', 'customers');
  expect({
    own: await enter(own), other: await enter(access.database('orders', 'customers')), ledger: await enter(access.database('orders', 'ledger')),
    plain: await enter(own.replace(/\?.*/, '')), untrusted: await enter(own.replace(/&sslrootcert=.*/, '')), password: await enter(own.replace(/:[^:@]+@/, ':guessed@')),
  }).toEqual({ own: 'ok', other: 'server-refused', ledger: 'ok', plain: 'server-refused', untrusted: 'server-refused', password: 'server-refused' });
});

test('nothing listens beyond this machine, and nothing is left at the end', async () => {
  const mine = ['--filter', `label=com.docker.compose.project=${project}`, '--quiet'];
  const published = await docker('inspect', '--format', '{{range .NetworkSettings.Ports}}{{range .}}{{.HostIp}} {{end}}{{end}}', ...platform.containers.map(({ id }) => id));
  expect(published.split(/\s+/)).toEqual(Array(4).fill('127.0.0.1'));
  await platform.stop();
  expect(await Promise.all([docker('ps', '--all', ...mine), docker('volume', 'ls', ...mine), docker('network', 'ls', ...mine)])).toEqual(['', '', '']);
  expect(platform.services.map(({ pid }) => pid)).toEqual(Array(7).fill(undefined));
});
