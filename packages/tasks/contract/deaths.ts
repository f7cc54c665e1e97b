import { expect, test } from '@jest/globals';
import { depthOf, done, holding, ids, scripted, task, type Bench, type Elsewhere, type Job } from './harness.ts';

/** @param use a bench whose broker soon takes a silent process for dead. */
export function deathsContract(use: () => Bench): void {
  const elsewhere = (job: Job): Promise<Elsewhere> => use().under.elsewhere(job);

  test('what a killed process had in hand comes again, to another, marked as redelivered', async () => {
    const { tasks, queue, until } = use();
    const { name, send, figures } = await queue();
    await send(5);
    const doomed = await elsewhere({ queue: name, prefetch: 3 });
    await until('it has three in hand', () => doomed.received().length === 3);
    await figures({ unsettled: 3, ready: 2 });
    await doomed.kill();
    const heir = scripted();
    const consumer = await tasks.consume(name, { prefetch: 1 }, heir.handle);
    await until('all came', () => heir.seen.length === 5);
    expect(heir.seen.map(({ envelope: { id }, redelivered, attempt }) => [id, redelivered, attempt]).sort())
      .toEqual(ids(0, 5).map((id) => [id, Number(id) < 3, 1]));
    await consumer.stop();
    await figures({ ready: 0, unsettled: 0, retrying: 0, dead: 0 });
  });

  test('a process that stood still past its time is not believed: its late settlement changes nothing, and it works on', async () => {
    const { tasks, queue, until } = use();
    const { name, send, depth, figures } = await queue();
    await send(2);
    const stale = await elsewhere({ queue: name, prefetch: 2 });
    await until('it has both in hand', () => stale.received().length === 2);
    stale.pause();
    const held = holding({ type: 'dead', reason: 'settled by the second' });
    const consumer = await tasks.consume(name, { prefetch: 2 }, held.handle);
    await until('both came again', () => held.state.inHand === 2);
    expect(held.seen.map(({ envelope: { id }, redelivered }) => [id, redelivered])).toEqual([['0', true], ['1', true]]);
    stale.resume();
    await stale.finish();
    await until('it said done', () => stale.finished() === 2);
    await send(1, 2);
    await until('it works on', () => stale.received().includes('2'));
    await until('what it did then counts', async () => stale.finished() === 3 && (await depth())?.unsettled === 2);
    await figures({ ready: 0, dead: 0 });
    held.open();
    await consumer.stop();
    expect(await tasks.deadLetters(name, 10)).toMatchObject([{ envelope: { id: '0' } }, { envelope: { id: '1' } }]);
    await stale.kill();
  });

  test('each process has its own copy of a broadcast in a temporary queue, which goes with it', async () => {
    const { tasks, name, exchange, until } = use();
    const fanout = await exchange('fanout');
    const names = [name('replica'), name('replica'), name('replica')] as const;
    const replicas = await Promise.all(names.slice(1).map((queue) => elsewhere({ queue, prefetch: 5, temporary: { exchange: fanout } })));
    await tasks.declare({ exchanges: [], queues: [{ name: names[0], temporary: true }], bindings: [{ exchange: fanout, queue: names[0], pattern: '' }] });
    const own = scripted();
    const consumer = await tasks.consume(names[0], { prefetch: 5 }, own.handle);
    await tasks.publish([task(fanout, '', 'news')]);
    await until('each got it', () => own.seen.length === 1 && replicas.every((each) => each.received().length === 1));

    await replicas[0]!.kill();
    await until('its queue is gone', async () => (await depthOf(tasks, names[1])) === undefined);
    await tasks.publish([task(fanout, '', 'more')]);
    await until('the others got it', () => own.seen.length === 2 && replicas[1]!.received().length === 2);
    expect(replicas[0]!.received()).toEqual(['news']);
    await consumer.stop();
    expect(await depthOf(tasks, names[0])).toBeUndefined();
    await tasks.publish([task(fanout, '', 'last')]);
    await until('the other got it', () => replicas[1]!.received().length === 3);
    expect(own.ids()).toEqual(['news', 'more']);
    await replicas[1]!.kill();
  });

  test('a temporary queue goes when its client closes, and is nobody else\'s before', async () => {
    const { tasks, under, name } = use();
    const client = await under.client();
    const queue = name('own');
    const topology = { exchanges: [], queues: [{ name: queue, temporary: true }], bindings: [] };
    await client.declare(topology);
    await client.declare(topology);
    await expect(tasks.declare(topology)).rejects.toMatchObject({ code: 'topology-differs', message: expect.stringContaining(queue) });
    await expect(tasks.consume(queue, { prefetch: 1 }, async () => done)).rejects.toMatchObject({ code: 'queue-unknown' });
    await client.close();
    expect(await depthOf(tasks, queue)).toBeUndefined();
    await tasks.declare(topology);
    expect(await depthOf(tasks, queue)).toMatchObject({ ready: 0 });
  });

  test('a process that stood still past its time gets broadcasts again, in a temporary queue anew', async () => {
    const { tasks, name, exchange, until } = use();
    const fanout = await exchange('fanout');
    const queue = name('replica');
    const stale = await elsewhere({ queue, prefetch: 5, temporary: { exchange: fanout } });
    const watching = await tasks.consume((await use().queue()).name, { prefetch: 1 }, async () => done);
    stale.pause();
    await until('its queue is gone', async () => (await depthOf(tasks, queue)) === undefined);
    stale.resume();
    await until('its queue is back', async () => (await depthOf(tasks, queue)) !== undefined);
    await tasks.publish([task(fanout, '', 'news')]);
    await until('it got the news', () => stale.received().includes('news'));
    await stale.kill();
    await watching.stop();
  });
}
