import { expect, test } from '@jest/globals';
import { done, holding, ids, scripted, task, type Bench } from './harness.ts';

export function deliveryContract(use: () => Bench): void {
  test('a queue is worked on in the order of publishing, and what is done is gone', async () => {
    const { tasks, queue, until } = use();
    const { name, send, figures } = await queue();
    await send(20);
    const one = scripted();
    const consumer = await tasks.consume(name, { prefetch: 1 }, one.handle);
    await send(10, 20);
    await until('all came', async () => one.seen.length === 30);
    expect(one.ids()).toEqual(ids(0, 30));
    await consumer.stop();
    await figures({ ready: 0, unsettled: 0, retrying: 0, dead: 0 });
  });

  test('deliveries begin in the order of publishing with a larger prefetch too', async () => {
    const { tasks, queue, until } = use();
    const { name, send } = await queue();
    await send(60);
    const many = scripted();
    const consumer = await tasks.consume(name, { prefetch: 8 }, many.handle);
    await until('all came', () => many.seen.length === 60);
    expect(many.ids()).toEqual(ids(0, 60));
    await consumer.stop();
  });

  test('no more than prefetch are in hand, and as many as that', async () => {
    const { tasks, clock, queue, until } = use();
    const { name, send, figures } = await queue();
    await send(30);
    const held = holding();
    const consumer = await tasks.consume(name, { prefetch: 4 }, held.handle);
    await until('as many as prefetch', () => held.state.inHand === 4);
    await clock.sleep(60);
    expect(held.ids()).toEqual(ids(0, 4));
    await figures({ unsettled: 4, ready: 26 });
    held.open();
    await until('the rest came', () => held.seen.length === 30);
    expect(held.state.most).toBeLessThanOrEqual(4);
    await consumer.stop();
  });

  test('consumers share a queue: each message comes to one of them', async () => {
    const { tasks, other, queue, until } = use();
    const { name, send, figures } = await queue();
    const [one, two] = [scripted(), scripted()];
    const consumers = [await tasks.consume(name, { prefetch: 2 }, one.handle), await other.consume(name, { prefetch: 2 }, two.handle)];
    await send(50);
    await until('all are done', async () => one.seen.length + two.seen.length === 50);
    expect([...one.ids(), ...two.ids()].sort()).toEqual(ids(0, 50).sort());
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    await figures({ ready: 0, unsettled: 0, retrying: 0, dead: 0 });
  });

  test('two consumers of one client each have their own prefetch', async () => {
    const { tasks, queue, until } = use();
    const { name, send, figures } = await queue();
    await send(10);
    const [one, two] = [holding(), holding()];
    const consumers = [await tasks.consume(name, { prefetch: 2 }, one.handle), await tasks.consume(name, { prefetch: 3 }, two.handle)];
    await until('both are full', () => one.state.inHand === 2 && two.state.inHand === 3);
    await figures({ unsettled: 5, ready: 5 });
    one.open();
    two.open();
    await until('all came', () => one.seen.length + two.seen.length === 10);
    await Promise.all(consumers.map((consumer) => consumer.stop()));
  });

  test('what another client publishes later comes too', async () => {
    const { tasks, other, queue, until } = use();
    const { name, exchange } = await queue();
    const one = scripted();
    const consumer = await other.consume(name, { prefetch: 5 }, one.handle);
    for (let n = 0; n < 5; n += 1) {
      await tasks.publish([task(exchange, 'key', n)]);
      await until('it came', () => one.seen.length === n + 1);
    }
    expect(one.ids()).toEqual(ids(0, 5));
    await consumer.stop();
  });

  test('a slow delivery does not hold up those behind it', async () => {
    const { tasks, queue, until } = use();
    const { name, send } = await queue();
    const first = holding();
    const rest = scripted();
    const consumer = await tasks.consume(name, { prefetch: 2 }, (delivery) => (delivery.envelope.id === '0' ? first : rest).handle(delivery));
    await send(12);
    await until('the others were done', () => rest.seen.length === 11);
    expect(first.state.inHand).toBe(1);
    first.open();
    await consumer.stop();
  });

  test('stop waits for what is in hand, settles it, and leaves the rest to others as if it had never been given', async () => {
    const { tasks, other, queue, until } = use();
    const { name, send, figures } = await queue();
    await send(10);
    const held = holding();
    const consumer = await tasks.consume(name, { prefetch: 3 }, held.handle);
    await until('three are in hand', () => held.state.inHand === 3);
    let stopped = false;
    const stopping = consumer.stop().then(() => { stopped = true; });
    await other.depths();
    expect(stopped).toBe(false);
    held.open();
    await stopping;
    expect(held.ids()).toEqual(ids(0, 3));
    await figures({ ready: 7, unsettled: 0, retrying: 0, dead: 0 });
    const next = scripted();
    const second = await other.consume(name, { prefetch: 1 }, next.handle);
    await until('the rest came', () => next.seen.length === 7);
    expect(next.seen.map(({ envelope: { id }, attempt, redelivered }) => [id, attempt, redelivered])).toEqual(ids(3, 10).map((id) => [id, 1, false]));
    await second.stop();
  });

  test('a consumer that stops in the midst of a stream loses nothing and doubles nothing', async () => {
    const { tasks, other, queue, until } = use();
    const { name, send, figures } = await queue();
    const seen: string[] = [];
    const take = async (delivery: { envelope: { id: string } }) => {
      seen.push(delivery.envelope.id);
      return done;
    };
    const sending = (async () => {
      for (let n = 0; n < 200; n += 10) await send(10, n);
    })();
    for (const client of [tasks, other, tasks, other]) {
      const before = seen.length;
      const consumer = await client.consume(name, { prefetch: 5 }, take);
      await until('some came', () => seen.length >= Math.min(before + 20, 200));
      await consumer.stop();
    }
    await sending;
    const last = await tasks.consume(name, { prefetch: 50 }, take);
    await until('all came', () => seen.length >= 200);
    await last.stop();
    expect([...seen].sort()).toEqual(ids(0, 200).sort());
    await figures({ ready: 0, unsettled: 0, retrying: 0, dead: 0 });
  });

  test('a queue that was never declared is unknown', async () => {
    const { tasks, name } = use();
    await expect(tasks.consume(name('nowhere'), { prefetch: 1 }, async () => done)).rejects.toMatchObject({ code: 'queue-unknown', canRetry: false });
  });

  test('a closed client has finished what it had in hand, and settled it', async () => {
    const { under, queue, until } = use();
    const { name, send, figures } = await queue();
    await send(3);
    const client = await under.client();
    const held = holding();
    await client.consume(name, { prefetch: 2 }, held.handle);
    await until('two are in hand', () => held.state.inHand === 2);
    const closing = client.close();
    held.open();
    await closing;
    await figures({ ready: 1, unsettled: 0, retrying: 0, dead: 0 });
  });
}
