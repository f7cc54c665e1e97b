import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { systemRandom } from '@tradewind/chassis/system/random.ts';
import { startRabbit, type RabbitServer } from '../../../test/brokers/containers.ts';
import { bench, done, scripted, task, type Bench } from '../contract/harness.ts';
import type { Tasks } from '../port.ts';
import { openRabbitTasks } from './tasks.ts';

let server: RabbitServer;
const clients: Tasks[] = [];

beforeAll(async () => {
  server = await startRabbit({ quorum_tick_interval: 500, collect_statistics_interval: 500, consumer_timeout: 5_000, channel_tick_interval: 500 });
});
afterAll(async () => {
  await Promise.all(clients.map((each) => each.close()));
  await server.remove();
});

async function broker(): Promise<Bench> {
  const client = async (): Promise<Tasks> => {
    const tasks = await openRabbitTasks({ url: server.url, management: server.management, name: 'restarts', clock: systemClock, random: systemRandom, heartbeatS: 1 });
    clients.push(tasks);
    return tasks;
  };
  return bench(async () => ({ clock: systemClock, client, elsewhere: () => Promise.reject(new Error('not needed')), close: async () => undefined }));
}

const empty = { ready: 0, unsettled: 0, retrying: 0, dead: 0 };

test('a server killed six times, with hundreds of retries waiting and consumers at work, loses nothing, and nothing stays behind', async () => {
  const { tasks, other, queue, until } = await broker();
  const { name, exchange, figures } = await queue({ retry: { attempts: 100, delayMs: 1_000, factor: 2, maxDelayMs: 6_000 } });
  const done = new Set<string>();
  const attempts = new Map<string, number>();
  const handle = async ({ envelope: { id }, attempt }: { envelope: { id: string }; attempt: number }) => {
    attempts.set(id, Math.max(attempt, attempts.get(id) ?? 0));
    if (attempt < 3) return { type: 'retry' as const, reason: 'not yet' };
    done.add(id);
    return { type: 'done' as const };
  };
  await tasks.consume(name, { prefetch: 20 }, handle);
  await other.consume(name, { prefetch: 20 }, handle);
  const published = new Set<string>();
  let publishing = true;
  const publisher = (async () => {
    for (let n = 0; publishing; n += 10) {
      const batch = Array.from({ length: 10 }, (_, at) => task(exchange, 'key', n + at));
      while (!(await tasks.publish(batch).then(() => true, () => false))) await systemClock.sleep(100);
      for (const { envelope } of batch) published.add(envelope.id);
      await systemClock.sleep(40);
    }
  })();
  for (let kills = 0; kills < 6; kills += 1) {
    const [before, were] = [published.size, done.size];
    await until('messages flow, and many wait', () => published.size >= before + 200 && done.size >= were + 20 && published.size - done.size > 150, 60_000);
    await server.restart();
  }
  publishing = false;
  await publisher;
  await until('all are done', () => [...published].every((id) => done.has(id)), 60_000);
  expect(Math.max(...attempts.values())).toBe(3);
  await figures(empty);
}, 300_000);

test('a server that stands still for 10 s is worked with again when it goes on, and loses nothing', async () => {
  const { tasks, queue, until } = await broker();
  const { name, exchange, send, figures } = await queue();
  const { seen, ids, handle } = scripted({ type: 'retry', reason: 'once', delayMs: 500 });
  await tasks.consume(name, { prefetch: 2 }, handle);
  await send(5);
  await until('they came', () => seen.length >= 5);
  await server.pause();
  const pausing = systemClock.sleep(10_000);
  await expect(tasks.publish([task(exchange, 'key', 'into the pause')])).rejects.toMatchObject({ code: 'tasks-unavailable', canRetry: true });
  await pausing;
  await server.unpause();
  await until('it publishes again', async () => tasks.publish([task(exchange, 'key', 'after')]).then(() => true, () => false));
  await until('it consumes again', () => ids().includes('after') && ids().filter((id) => id === '0').length >= 2);
  await figures(empty);
}, 60_000);

test('a consumer whose channel the server closes comes back, and gets what it had in hand again', async () => {
  const { tasks, queue, until } = await broker();
  const { name, send, figures } = await queue();
  const seen: boolean[] = [];
  const hung = Promise.withResolvers<undefined>();
  await tasks.consume(name, { prefetch: 2 }, async ({ redelivered, envelope: { id } }) => {
    seen.push(redelivered);
    if (id === '0' && !redelivered) await hung.promise;
    return done;
  });
  await send(1);
  await until('it is in hand', () => seen.length === 1);
  await until('the server lost patience, and it came again', () => seen.length === 2, 30_000);
  expect(seen).toEqual([false, true]);
  hung.resolve(undefined);
  await send(1, 1);
  await until('it works on', () => seen.length === 3);
  await figures(empty);
}, 60_000);

test('a drain under load loses no settlement: what was said to be done, retried or dead when the client closed, is', async () => {
  const { queue, until, tasks } = await broker();
  const { name, send, depth } = await queue({ retry: { attempts: 9, delayMs: 60_000, factor: 1, maxDelayMs: 60_000 } });
  await send(900);
  const client = await openRabbitTasks({ url: server.url, name: 'drained', clock: systemClock, random: systemRandom });
  const said = { done: 0, retry: 0, dead: 0 };
  await client.consume(name, { prefetch: 50 }, async ({ envelope: { id } }) => {
    await systemClock.sleep(Number(id) % 5);
    const verdict = (['done', 'retry', 'dead'] as const)[Number(id) % 3]!;
    said[verdict] += 1;
    return verdict === 'done' ? done : { type: verdict, reason: 'said so' };
  });
  await until('it is in the midst', () => said.done > 60);
  await client.close();
  const after = { ...said };
  await until('figures are up to date', async () => (await depth())?.unsettled === 0);
  const { ready, retrying, dead } = (await depth())!;
  expect({ retrying, dead, done: 900 - ready - retrying - dead }).toEqual({ retrying: after.retry, dead: after.dead, done: after.done });
  const rest = scripted();
  const consumer = await tasks.consume(name, { prefetch: 100 }, rest.handle);
  await until('the rest came', () => rest.seen.length === ready);
  await consumer.stop();
  expect(rest.seen.every(({ attempt }) => attempt === 1)).toBe(true);
}, 60_000);
