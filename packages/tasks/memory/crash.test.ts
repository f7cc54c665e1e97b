import { expect, test } from '@jest/globals';
import type { Clock } from '@tradewind/chassis/clock.ts';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import { VirtualClock } from '../../../test/virtual-clock.ts';
import { done, ids, scripted, task } from '../contract/harness.ts';
import type { Wakeup } from '@tradewind/chassis/wakeup.ts';
import type { Topology } from '../port.ts';
import { DurableTasks } from './durable.ts';
import { memoryTasks } from './tasks.ts';

const topology: Topology = {
  exchanges: [{ name: 'e', kind: 'direct' }], queues: [{ name: 'q', retry: { attempts: 3, delayMs: 100, factor: 2, maxDelayMs: 1_000 } }],
  bindings: [{ exchange: 'e', queue: 'q', pattern: 'k' }],
};
const publish = (count: number, first = 0) => Array.from({ length: count }, (_, n) => task('e', 'k', first + n));

/** A clock that does nothing more once it is stopped. */
function mortal(clock: Clock): Clock & { stop(): void } {
  let stopped = false;
  return {
    now: () => clock.now(),
    after: (ms, run) => clock.after(ms, () => { if (!stopped) run(); }),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    stop: () => { stopped = true; },
  };
}

function world(seed = 1) {
  const clock = new VirtualClock();
  const durable = new DurableTasks();
  const random = seededRandom(seed);
  return { clock, durable, incarnate: (own: Clock = clock, wakeup = durable.wakeup) => memoryTasks({ clock: own, durable, random, wakeup }) };
}

test('what was durable outlives its incarnation: topology, messages, retries, dead letters; what was in hand comes again', async () => {
  const { clock, incarnate } = world();
  const own = mortal(clock);
  const first = incarnate(own);
  await first.declare(topology);
  await first.publish(publish(5));
  let handled = 0;
  await first.consume('q', { prefetch: 4 }, async ({ envelope: { id } }) => {
    handled += 1;
    if (id === '0') return { type: 'dead', reason: 'hopeless' };
    if (id === '1') return { type: 'retry', reason: 'later', delayMs: 60_000 };
    return new Promise(() => undefined);
  });
  await clock.until(() => handled === 5);
  own.stop();

  const second = incarnate();
  expect(await second.depths()).toEqual([{ queue: 'q', ready: 0, unsettled: 3, retrying: 1, dead: 1 }]);
  const heir = scripted();
  await second.consume('q', { prefetch: 1 }, heir.handle);
  await clock.until(() => heir.seen.length === 4, 120_000);
  expect(heir.seen.map(({ envelope: { id }, redelivered, attempt }) => [id, redelivered, attempt]))
    .toEqual([['2', true, 1], ['3', true, 1], ['4', true, 1], ['1', false, 2]]);
  expect(await second.deadLetters('q', 5)).toMatchObject([{ reason: 'hopeless', envelope: { id: '0' } }]);
  await second.close();
});

test('a crash gives everything back at once, and what the dead incarnation still does changes nothing', async () => {
  const { clock, incarnate } = world();
  const first = incarnate();
  await first.declare(topology);
  await first.publish(publish(2));
  let finish: () => void = () => undefined;
  const told = new Promise<void>((resolve) => { finish = resolve; });
  let inHand = 0;
  await first.consume('q', { prefetch: 2 }, async () => {
    inHand += 1;
    await told;
    return { type: 'dead', reason: 'from beyond' };
  });
  await clock.until(() => inHand === 2);
  first.crash();
  expect(await first.depths()).toEqual([{ queue: 'q', ready: 2, unsettled: 0, retrying: 0, dead: 0 }]);
  finish();
  await clock.sleep(100);
  await expect(first.publish(publish(1))).rejects.toMatchObject({ code: 'tasks-unavailable', canRetry: true });

  const second = incarnate();
  const heir = scripted();
  await second.consume('q', { prefetch: 5 }, heir.handle);
  await clock.until(() => heir.seen.length === 2);
  await second.close();
  expect(await second.depths()).toEqual([{ queue: 'q', ready: 0, unsettled: 0, retrying: 0, dead: 0 }]);
});

test('the same seed happens the same way', async () => {
  const run = async (seed: number): Promise<string[]> => {
    const { clock, incarnate } = world(seed);
    const random = seededRandom(seed);
    const trace: string[] = [];
    const consume = async (name: string) => {
      const tasks = incarnate();
      await tasks.consume('q', { prefetch: 3 }, async ({ envelope: { id }, attempt, redelivered }) => {
        trace.push(`${clock.now()} ${name} ${id} ${attempt} ${redelivered}`);
        await clock.sleep(random.next() * 40);
        return random.next() < 0.4 ? { type: 'retry', reason: 'now and then' } : done;
      });
      return tasks;
    };
    const publisher = incarnate();
    await publisher.declare(topology);
    const clients = [await consume('a'), await consume('b')];
    for (let n = 0; n < 40; n += 4) {
      await publisher.publish(publish(4, n));
      await clock.sleep(30);
      if (n === 20) clients[0]?.crash();
    }
    await clock.until(async () => (await publisher.depths()).every(({ ready, unsettled, retrying }) => ready + unsettled + retrying === 0));
    await Promise.all([publisher, ...clients].map((tasks) => tasks.close()));
    return trace;
  };
  const trace = await run(1);
  expect(await run(1)).toEqual(trace);
  expect(await run(2)).not.toEqual(trace);
  expect(new Set(trace.map((line) => line.split(' ')[2]))).toEqual(new Set(ids(0, 40)));
  expect(trace.some((line) => line.endsWith('true'))).toBe(true);
});

test('what nobody hinted at is found all the same', async () => {
  const { clock, incarnate } = world();
  const deaf: Wakeup = { wake: () => undefined, listen: () => () => undefined };
  const consumer = incarnate(clock, deaf);
  await consumer.declare(topology);
  const { seen, handle } = scripted();
  await consumer.consume('q', { prefetch: 1 }, handle);
  await clock.sleep(100);
  await incarnate(clock, deaf).publish(publish(1));
  await clock.until(() => seen.length === 1);
  await consumer.close();
});

test('an incarnation taken for dead takes nothing in the name of what is over, so that its death loses nothing', async () => {
  const { clock, incarnate } = world();
  const first = incarnate();
  await first.declare(topology);
  await first.consume('q', { prefetch: 5 }, () => new Promise(() => undefined));
  await clock.sleep(100);
  first.lose();
  await first.publish(publish(1));
  await clock.sleep(1_500); // by then it has begun anew
  first.crash();
  const second = incarnate();
  const { seen, handle } = scripted();
  await second.consume('q', { prefetch: 5 }, handle);
  await clock.until(() => seen.length === 1);
  await second.close();
});

test('a temporary queue declared by an incarnation taken for dead is its own', async () => {
  const { clock, incarnate } = world();
  const tasks = incarnate();
  await tasks.declare(topology);
  await tasks.consume('q', { prefetch: 1 }, async () => done);
  tasks.lose();
  const temporary = { ...topology, queues: [{ name: 'mine', temporary: true }], bindings: [{ exchange: 'e', queue: 'mine', pattern: 'k' }] };
  await tasks.declare(temporary);
  await clock.sleep(5_000);
  const { seen, handle } = scripted();
  await tasks.consume('mine', { prefetch: 1 }, handle);
  await tasks.publish(publish(1));
  await clock.until(() => seen.length === 1);
  await tasks.close();
});
