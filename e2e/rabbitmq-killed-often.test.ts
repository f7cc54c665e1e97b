import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemLogger } from '@tradewind/chassis/system/logger.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import type { Delivery, Tasks, Verdict } from '@tradewind/tasks/port.ts';
import { openRabbitTasks } from '@tradewind/tasks/rabbitmq/tasks.ts';
import { task } from '@tradewind/tasks/contract/harness.ts';
import { startRabbit, type RabbitServer } from '../test/brokers/containers.ts';
import { until } from '../test/until.ts';
import { e2eConfig } from './harness/config.ts';

/** FAULTS=n kills. */
const { faults: kills } = e2eConfig({ ...process.env, FAULTS: process.env.FAULTS || '50' });
const MESSAGES = 1_000;
const QUEUE = 'often.killed';
const EXCHANGE = 'often';
const SETTLED_MS = 15_000;
/** Every seventh can never be done. */
const HOPELESS = 7;

let server: RabbitServer | undefined;
const clients: Tasks[] = [];
beforeAll(async () => { server = await startRabbit({ quorum_tick_interval: 500, collect_statistics_interval: 500 }); });
afterAll(async () => {
  await Promise.all(clients.map((each) => each.close()));
  await server?.remove();
});

async function client({ url, management }: RabbitServer): Promise<Tasks> {
  const tasks = await openRabbitTasks({ url, management, name: 'often', logger: systemLogger({ service: 'often', level: process.env.E2E_LOGS === '1' ? 'warn' : 'silent' }), clock: systemClock, random: systemRandom, heartbeatS: 1 });
  clients.push(tasks);
  return tasks;
}

/** What handlers did, as a service's store would keep it: by message, once. */
class Effects {
  readonly done = new Set<string>();
  readonly seen = new Set<string>();
  readonly lastTold = new Map<string, Verdict['type']>();
  /** Deliveries of what was done already. */
  again = 0;
  calm = false;

  readonly handle = ({ envelope: { id }, attempt }: Delivery): Promise<Verdict> => {
    this.seen.add(id);
    const verdict = this.#verdict(id, attempt);
    this.lastTold.set(id, verdict.type);
    return Promise.resolve(verdict);
  };

  #verdict(id: string, attempt: number): Verdict {
    if (this.done.has(id)) {
      this.again += 1;
      return { type: 'done' };
    }
    if (hopeless(id)) return this.calm || attempt > 2 ? { type: 'dead', reason: 'hopeless' } : later();
    // Some are done amid the kills, most wait for calm: a thousand are on their way all the time.
    if (!this.calm && !(numberOf(id) % 10 === 0 && attempt > 2)) return later();
    this.done.add(id);
    return { type: 'done' };
  }
}

const later = (): Verdict => ({ type: 'retry', reason: 'not yet', delayMs: 200 + Math.random() * 4_000, uncounted: Math.random() < 0.7 });
const numbers = new Map<string, number>();
const numberOf = (id: string) => numbers.get(id) ?? 0;
const hopeless = (id: string) => numberOf(id) % HOPELESS === 0;

test(`RabbitMQ killed ${kills} times with ${MESSAGES} retries on their way: each message ends, done once in effect or dead`, async () => {
  if (!server) throw new Error('RabbitMQ did not start');
  const tasks = await client(server);
  const consumers = [await client(server), await client(server)];
  await tasks.declare({
    exchanges: [{ name: EXCHANGE, kind: 'direct' }], bindings: [{ exchange: EXCHANGE, queue: QUEUE, pattern: 'key' }],
    queues: [{ name: QUEUE, retry: { attempts: 10_000, delayMs: 500, factor: 1.5, maxDelayMs: 5_000 } }],
  });
  const messages = Array.from({ length: MESSAGES }, (_, n) => task(EXCHANGE, 'key', n));
  for (const [n, { envelope }] of messages.entries()) numbers.set(envelope.id, n);
  const effects = new Effects();
  for (const each of consumers) await each.consume(QUEUE, { prefetch: 50 }, effects.handle);
  await tasks.publish(messages);
  await until('all have been tried', () => effects.seen.size === MESSAGES);
  // A server on Mnesia writes down what was declared only after some seconds: one that is killed sooner forgets queues with all
  // that lies in them. Here every retry queue is old enough.
  await systemClock.sleep(SETTLED_MS);

  for (let kill = 1; kill <= kills; kill += 1) {
    await server.restart();
    const before = effects.lastTold.size;
    if (kill % 10 === 0) process.stdout.write(`killed ${kill} times: ${effects.done.size} done, ${before} seen\n`);
    effects.lastTold.clear();
    await until('messages flow', () => effects.lastTold.size >= 20);
  }
  effects.calm = true;
  const [wanted, lost] = [messages.filter(({ envelope: { id } }) => !hopeless(id)), messages.filter(({ envelope: { id } }) => hopeless(id))];
  const undone = () => wanted.filter(({ envelope: { id } }) => !effects.done.has(id));
  const calm = Date.now();
  await until('all are done', () => undone().length === 0).catch(async (error: unknown) => {
    const asked = [
      await server?.exec('rabbitmqctl', '-q', 'list_queues', 'name', 'messages', 'state', 'leader'), await server?.exec('rabbitmqctl', '-q', 'list_channels', 'name', 'messages_unacknowledged', 'messages_unconfirmed').catch(String),
    ];
    process.stdout.write(`${asked.join('\n')}\n`);
    throw new Error(`${undone().length} are not done, where the queues say ${JSON.stringify(await tasks.depths())}`, { cause: error });
  });
  process.stdout.write(`all done ${((Date.now() - calm) / 1_000).toFixed(1)} s after the last kill\n`);
  let looked: unknown;
  const atRest = async (): Promise<boolean> => {
    const depth = (await tasks.depths()).find(({ queue }) => queue === QUEUE);
    looked = depth;
    return depth !== undefined && depth.ready + depth.unsettled + depth.retrying === 0 && depth.dead >= lost.length;
  };
  await until('nothing is on its way', () => atRest().catch((error: unknown) => {
    looked = error;
    return false;
  })).catch((error: unknown) => { throw new Error(`at last: ${looked instanceof Error ? looked.message : JSON.stringify(looked)}`, { cause: error }); });
  const dead = (await tasks.deadLetters(QUEUE, 2 * MESSAGES)).map(({ envelope: { id } }) => id);
  process.stdout.write(`done ${effects.done.size}, delivered again after that ${effects.again}, dead ${new Set(dead).size} in ${dead.length} letters\n`);
  expect(new Set(dead)).toEqual(new Set(lost.map(({ envelope: { id } }) => id)));
  expect(effects.done.size).toBe(wanted.length);
}, kills * 60_000 + 300_000);
