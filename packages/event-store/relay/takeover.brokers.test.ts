import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock as clock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom as random } from '@tradewind/chassis/system/random.ts';
import { freePorts } from '@tradewind/embedded/port.ts';
import { everything, until } from '@tradewind/log/contract/harness.ts';
import { openKafkaLog } from '@tradewind/log/kafka/log.ts';
import type { Log, LogRecord } from '@tradewind/log/port.ts';
import { openRabbitTasks } from '@tradewind/tasks/rabbitmq/tasks.ts';
import type { Tasks } from '@tradewind/tasks/port.ts';
import { startKafka, type KafkaServer } from '../../../test/brokers/containers.ts';
import { startProxy, type Proxy } from '../../../test/brokers/proxy.ts';
import { sharedServers } from '../../../test/brokers/servers.ts';
import { testDatabase } from '../../../test/database.ts';
import type { RelayJob } from '../contract/relay-process.ts';
import { draft, task } from '../contract/harness.ts';
import { openPostgresEventStore } from '../postgres/store.ts';

const script = fileURLToPath(new URL('../contract/relay-process.ts', import.meta.url));
const EVERY_MS = 10;
const WITHIN_MS = 60_000;

let kafka: KafkaServer;
let proxies: Proxy[];
let log: Log;
let tasks: Tasks;

beforeAll(async () => {
  const [through = 0] = await freePorts(1);
  kafka = await startKafka({}, [], through);
  const { port } = new URL(sharedServers().rabbit.url);
  proxies = [
    await startProxy(() => ({ host: '127.0.0.1', port: kafka.proxied }), through),
    await startProxy(() => ({ host: '127.0.0.1', port: Number(port) })),
  ];
  log = await openKafkaLog({ brokers: kafka.brokers, clientId: 'test', clock, random });
  tasks = await openRabbitTasks({ ...sharedServers().rabbit, name: 'test', clock, random });
});

afterAll(async () => {
  await Promise.all([log.close(), tasks.close()]);
  await Promise.all(proxies.map((each) => each.close()));
  await kafka.remove();
});

test.each<[string, (leader: ChildProcess, network: Proxy[]) => void, (leader: ChildProcess, network: Proxy[]) => void]>([
  ['killed', (leader) => void leader.kill('SIGKILL'), () => undefined],
  ['stopped for a while', (leader) => void leader.kill('SIGSTOP'), (leader) => void leader.kill('SIGCONT')],
  ['cut off the network', (_, network) => network.forEach((each) => each.cut()), (_, network) => network.forEach((each) => each.heal())],
])('a relay that is %s under load is followed by another, and nothing is lost or out of order', async (how, strike, heal) => {
  const name = `takeover-${Date.now().toString(36)}`;
  const { url, drop } = await testDatabase();
  const database = await startProxy(() => placeOf(url));
  const behind = (address: string, port: number) => Object.assign(new URL(address), { hostname: '127.0.0.1', port: String(port), search: '' }).href;
  await log.ensureTopics([{ name, partitions: 3 }]);
  await tasks.declare({ exchanges: [{ name, kind: 'direct' }], queues: [{ name }], bindings: [{ exchange: name, queue: name, pattern: 'route-1' }] });
  const store = await openPostgresEventStore({ url, topic: name, name, clock });
  const [kafkaProxy, rabbitProxy] = proxies as [Proxy, Proxy];
  const { rabbit } = sharedServers();
  const leader = await relay({ name: 'leader', topic: name, database: behind(url, database.port), brokers: [`127.0.0.1:${kafkaProxy.port}`], rabbit: behind(rabbit.url, rabbitProxy.port) });
  let appended = 0;
  let loading = true;
  const loaded = (async () => {
    for (; loading; await sleep(EVERY_MS)) {
      const stream = `s-${appended % 20}`;
      await store.append([{ stream, expected: 'any', events: [draft(appended, { partitionkey: stream })] }], { tasks: [{ ...task(1), exchange: name }] });
      appended += 1;
    }
  })();
  await until('the leader publishes', async () => (await everything(log, name)).length > 50, WITHIN_MS);
  const other = await relay({ name: 'other', topic: name, database: url, brokers: kafka.brokers, rabbit: rabbit.url });
  await sleep(1_000); // it asks for the lead, in vain
  const struck = Date.now();
  strike(leader, [...proxies, database]);
  await until('another publishes', async () => (await everything(log, name)).some(({ at }) => at > struck + 500), WITHIN_MS);
  await sleep(5_000);
  heal(leader, [...proxies, database]);
  await sleep(2_000);
  loading = false;
  await loaded;
  await until('all is published', async () => (await store.backlog('log')).rows + (await store.backlog('tasks')).rows === 0, WITHIN_MS);

  const all = await everything(log, name);
  process.stderr.write(`relay ${how}: nothing was published for ${longestPause(all, struck)} ms; ${all.length - appended} of ${appended} published twice\n`);
  for (let n = 0; n < 20; n += 1) {
    const versions = all.filter(({ key }) => key === `s-${n}`).map(({ envelope }) => envelope.streamversion);
    expect([...new Set(versions)]).toEqual(Array.from({ length: Math.ceil((appended - n) / 20) }, (_, version) => version + 1));
  }
  expect((await tasks.depths()).find(({ queue }) => queue === name)?.ready).toBeGreaterThanOrEqual(appended);
  await Promise.all([leader, other].map(end));
  await store.close();
  await database.close();
  await drop();
});

/** Of the tests' PostgreSQL: a socket in its folder, or loopback. */
function placeOf(url: string): { path: string } | { host: string; port: number } {
  const { hostname, port, searchParams } = new URL(url);
  const folder = searchParams.get('host');
  return folder ? { path: `${folder}/.s.PGSQL.${port}` } : { host: hostname, port: Number(port) };
}

async function relay(job: RelayJob): Promise<ChildProcess> {
  const child = fork(script, [JSON.stringify(job)], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await once(child, 'message');
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Longest time in ms between two records after the fault. */
function longestPause(all: LogRecord[], since: number): number {
  const times = all.map(({ at }) => at).filter((at) => at > since - 500).sort((a, b) => a - b);
  return Math.max(...times.slice(1).map((at, n) => at - (times[n] ?? at)));
}
