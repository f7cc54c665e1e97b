import { expect, test } from '@jest/globals';
import { MAX_TASK_BYTES, type TasksFeatures } from '../port.ts';
import { depthOf, ids, scripted, task, type Bench } from './harness.ts';

export function publishingContract(use: () => Bench, features: TasksFeatures): void {
  /** Queues bound to an exchange by the patterns given, and how many messages each has. */
  async function bound(exchange: string, patterns: string[]) {
    const { tasks, name } = use();
    const queues = patterns.map((pattern) => ({ name: name('bound'), pattern }));
    await tasks.declare({ exchanges: [], queues: queues.map(({ name: queue }) => ({ name: queue })), bindings: queues.map(({ name: queue, pattern }) => ({ exchange, queue, pattern })) });
    return {
      queues: queues.map(({ name: queue }) => queue),
      ready: async () => Promise.all(queues.map(async ({ name: queue }) => (await depthOf(tasks, queue))?.ready)),
    };
  }

  test('a direct exchange sends to each queue bound by the same key, and to no other', async () => {
    const { tasks, exchange } = use();
    const direct = await exchange('direct');
    const { ready } = await bound(direct, ['a', 'a', 'b']);
    await tasks.publish([task(direct, 'a', 1), task(direct, 'a', 2), task(direct, 'b', 3)]);
    expect(await ready()).toEqual([2, 2, 1]);
  });

  test(`a message that a direct exchange cannot place is unroutable, and ${features.wholeBatches ? 'nothing' : 'all else'} of its batch is written`, async () => {
    const { tasks, exchange } = use();
    const direct = await exchange('direct');
    const { ready } = await bound(direct, ['a']);
    await expect(tasks.publish([task(direct, 'a', 1), task(direct, 'z', 2), task(direct, 'a', 3)])).rejects.toMatchObject({ code: 'unroutable', canRetry: false });
    expect(await ready()).toEqual([features.wholeBatches ? 0 : 2]);
  });

  test('a fanout exchange sends to every queue bound to it, and to none where there is none', async () => {
    const { tasks, exchange } = use();
    const fanout = await exchange('fanout');
    await tasks.publish([task(fanout, 'nobody', 0)]);
    const { ready } = await bound(fanout, ['', 'ignored', 'x']);
    await tasks.publish([task(fanout, 'k', 1), task(fanout, '', 2)]);
    expect(await ready()).toEqual([2, 2, 2]);
  });

  test('a topic exchange sends by words: * stands for one, # for any number', async () => {
    const { tasks, exchange } = use();
    const topic = await exchange('topic');
    const { ready } = await bound(topic, ['order.confirmed.*', 'order.#', '#', '*.cancelled.*']);
    await tasks.publish(['order.confirmed.c-1', 'order.confirmed', 'order', 'order.cancelled.c-1', 'stock', 'order.confirmed.c-1.twice'].map((key, n) => task(topic, key, n)));
    expect(await ready()).toEqual([1, 5, 6, 1]);
  });

  test('a queue that several bindings lead to gets one copy', async () => {
    const { tasks, exchange } = use();
    const topic = await exchange('topic');
    const { queues, ready } = await bound(topic, ['a.*']);
    await tasks.declare({ exchanges: [], queues: [], bindings: [{ exchange: topic, queue: queues[0]!, pattern: '#' }] });
    await tasks.publish([task(topic, 'a.b', 1)]);
    expect(await ready()).toEqual([1]);
  });

  test('a binding holds from the moment it is declared, for whoever publishes', async () => {
    const { tasks, other, exchange } = use();
    const topic = await exchange('topic');
    await other.publish([task(topic, 'a', 0)]);
    const { ready } = await bound(topic, ['a']);
    await other.publish([task(topic, 'a', 1)]);
    await tasks.publish([task(topic, 'a', 2)]);
    expect(await ready()).toEqual([2]);
    const direct = await exchange('direct');
    await expect(other.publish([task(direct, 'k', 0)])).rejects.toMatchObject({ code: 'unroutable' });
    const late = await bound(direct, ['k']);
    await other.publish([task(direct, 'k', 1)]);
    expect(await late.ready()).toEqual([1]);
  });

  test('a message arrives as it was sent', async () => {
    const { tasks, queue, until } = use();
    const { name, exchange } = await queue();
    const data = { text: 'Ω ☂ 👩‍👩‍👧 "quoted" \\ \u0000 \n', amount: 12.5, none: null, list: [[], {}], ['__proto__x']: true };
    const sent = task(exchange, 'key', 'as-it-was', data);
    const { seen, handle } = scripted();
    const consumer = await tasks.consume(name, { prefetch: 1 }, handle);
    await tasks.publish([sent]);
    await until('it came', () => seen.length === 1);
    expect(seen[0]).toEqual({ queue: name, ...sent, attempt: 1, redelivered: false });
    await consumer.stop();
  });

  test('an exchange that was never declared is unknown', async () => {
    const { tasks, name } = use();
    await expect(tasks.publish([task(name('nowhere'), 'key', 1)])).rejects.toMatchObject({ code: 'exchange-unknown', canRetry: false });
  });

  test('a message over the limit is refused with its batch; one just below it passes', async () => {
    const { tasks, queue } = use();
    const { exchange, send, figures } = await queue();
    await send(1);
    const large = task(exchange, 'key', 'large', '€'.repeat(MAX_TASK_BYTES / 3));
    await expect(tasks.publish([task(exchange, 'key', 'small'), large])).rejects.toMatchObject({ code: 'message-too-large', canRetry: false });
    await figures({ ready: 1 });
    await tasks.publish([task(exchange, 'key', 'fits', '€'.repeat(MAX_TASK_BYTES / 3 - 1_000))]);
    await figures({ ready: 2 });
  });

  test('messages of publishers side by side all arrive once, each publisher\'s in its order; nothing at all is published well', async () => {
    const { tasks, other, queue, until } = use();
    const { name, exchange } = await queue();
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(async (publisher, at) => {
      for (let n = 0; n < 10; n += 1) await (at % 2 ? tasks : other).publish([0, 1, 2].map((each) => task(exchange, 'key', `${publisher}${n * 3 + each}`)));
    }));
    await tasks.publish([]);
    const consumed = scripted();
    const consumer = await tasks.consume(name, { prefetch: 7 }, consumed.handle);
    await until('all came', () => consumed.seen.length >= 180);
    for (const publisher of ['a', 'b', 'c', 'd', 'e', 'f'])
      expect(consumed.ids().filter((id) => id.startsWith(publisher))).toEqual(ids(0, 30).map((n) => `${publisher}${n}`));
    await consumer.stop();
    expect(consumed.seen).toHaveLength(180);
  });
}
