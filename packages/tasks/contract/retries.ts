import { expect, test } from '@jest/globals';
import type { Delivery, RetryPolicy, TasksFeatures, Verdict } from '../port.ts';
import { done, gate, ids, scripted, type Bench } from './harness.ts';

const quick: RetryPolicy = { attempts: 3, delayMs: 20, factor: 2, maxDelayMs: 100 };
const again = (reason: string, delayMs?: number): Verdict => ({ type: 'retry', reason, ...(delayMs !== undefined && { delayMs }) });

export function retriesContract(use: () => Bench, features: TasksFeatures): void {
  test('a retry comes again with the next attempt, and when attempts are used up the message is dead, with the last reason', async () => {
    const { tasks, clock, queue, until } = use();
    const { name, send, depth, figures } = await queue({ retry: quick });
    const before = clock.now();
    const flaky = scripted(again('first'), again('second'), again('third'));
    const consumer = await tasks.consume(name, { prefetch: 1 }, flaky.handle);
    await send(1);
    await until('it died', async () => (await depth())?.dead === 1);
    expect(flaky.seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    const letters = await tasks.deadLetters(name, 10);
    expect(letters).toMatchObject([{ reason: 'third', attempts: 3, exchange: flaky.seen[0]?.exchange, routingKey: 'key', envelope: { id: '0' } }]);
    // Adapters may stamp by a clock of their server's.
    expect(Math.abs((letters[0]?.at ?? 0) - before)).toBeLessThan(60_000);
    await consumer.stop();
    await figures({ ready: 0, unsettled: 0, retrying: 0, dead: 1 });
  });

  test('a retry waits: at least half of what the policy says, or as long as the verdict says', async () => {
    const { tasks, clock, queue, until } = use();
    const at: number[] = [];
    const verdicts = [again('by policy'), again('by verdict', 120)];
    const { name, send, depth } = await queue({ retry: { attempts: 9, delayMs: 160, factor: 2, maxDelayMs: 1_000 } });
    const consumer = await tasks.consume(name, { prefetch: 1 }, async () => {
      at.push(clock.now());
      return verdicts[at.length - 1] ?? done;
    });
    await send(1);
    await until('it waits', async () => (await depth())?.retrying === 1);
    await until('it was done', () => at.length === 3);
    // A timer of Node may be a millisecond early.
    expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(79);
    expect(at[2]! - at[1]!).toBeGreaterThanOrEqual(119);
    await consumer.stop();
  });

  test('an uncounted retry spares the attempt, however often it comes', async () => {
    const { tasks, queue, until } = use();
    const { name, send } = await queue({ retry: quick });
    const outage: Verdict = { type: 'retry', reason: 'an outage of ours', delayMs: 1, uncounted: true };
    const flaky = scripted(outage, outage, outage, outage, again('counted'), outage);
    const consumer = await tasks.consume(name, { prefetch: 1 }, flaky.handle);
    await send(1);
    await until('it was done', () => flaky.seen.length === 7);
    expect(flaky.seen.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1, 1, 2, 2]);
    await consumer.stop();
    expect(await tasks.deadLetters(name, 1)).toEqual([]);
  });

  test('a handler that rejects is a retry, its error the reason', async () => {
    const { tasks, queue, until } = use();
    const { name, send, depth } = await queue({ retry: { ...quick, attempts: 2 } });
    const consumer = await tasks.consume(name, { prefetch: 1 }, async () => { throw new Error('NUL \u0000 and half a pair \ud800'); });
    await send(1);
    await until('it died', async () => (await depth())?.dead === 1);
    expect(await tasks.deadLetters(name, 1)).toMatchObject([{ attempts: 2, reason: expect.stringMatching(/^NUL .*half a pair/) }]);
    await consumer.stop();
  });

  test('a message found hopeless is dead at once; the others go on', async () => {
    const { tasks, queue, until } = use();
    const { name, send, depth, figures } = await queue();
    const hopeless = async ({ envelope: { id } }: Delivery): Promise<Verdict> => (Number(id) % 2 ? { type: 'dead', reason: `no schema knows ${id}` } : done);
    const consumer = await tasks.consume(name, { prefetch: 1 }, hopeless);
    await send(6);
    await until('all were worked on', async () => (await depth())?.dead === 3);
    await figures({ ready: 0, unsettled: 0, retrying: 0, dead: 3 });
    const letters = await tasks.deadLetters(name, 2);
    expect(letters.map(({ envelope, reason, attempts }) => [envelope.id, reason, attempts])).toEqual([['1', 'no schema knows 1', 1], ['3', 'no schema knows 3', 1]]);
    await consumer.stop();
  });

  test('redriven dead letters come at the end of their queue with attempts counted anew: those chosen, then all', async () => {
    const { tasks, queue, until } = use();
    const { name, send, depth, figures } = await queue({ retry: { ...quick, attempts: 2, delayMs: 1 } });
    const failing = await tasks.consume(name, { prefetch: 1 }, async () => again('not yet'));
    await send(4);
    await until('all are dead', async () => (await depth())?.dead === 4);
    await failing.stop();

    await send(2, 4);
    const letters = await tasks.deadLetters(name, 10);
    const ofMessage = (id: string) => letters.find(({ envelope }) => envelope.id === id)?.id ?? '';
    expect(await tasks.redrive(name, [ofMessage('2'), 'no-such-id'])).toBe(1);
    expect((await tasks.deadLetters(name, 10)).map(({ envelope }) => envelope.id).sort()).toEqual(['0', '1', '3']);
    expect(await tasks.redrive(name)).toBe(3);
    expect(await tasks.redrive(name)).toBe(0);
    await figures({ ready: 6, unsettled: 0, retrying: 0, dead: 0 });

    const well = scripted();
    const consumer = await tasks.consume(name, { prefetch: 1 }, well.handle);
    await until('all came', () => well.seen.length === 6);
    expect(well.ids().slice(0, 3)).toEqual(['4', '5', '2']);
    expect(well.ids().slice(3).sort()).toEqual(['0', '1', '3']);
    expect(well.seen.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1, 1, 1]);
    await consumer.stop();
  });

  test('dead letters and redrive of a queue that was never declared: the queue is unknown', async () => {
    const { tasks, name } = use();
    await expect(tasks.deadLetters(name('nowhere'), 1)).rejects.toMatchObject({ code: 'queue-unknown' });
    await expect(tasks.redrive(name('nowhere'))).rejects.toMatchObject({ code: 'queue-unknown' });
  });

  test(features.retryKeepsOrder ? 'a retry that is due comes before what was published after it' : 'a retry that is due comes at the end of its queue', async () => {
    const { tasks, queue, until } = use();
    const { name, send, depth } = await queue();
    await send(4);
    const second = gate();
    const seen: string[] = [];
    const consumer = await tasks.consume(name, { prefetch: 1 }, async ({ envelope: { id } }) => {
      seen.push(id);
      if (seen.length === 1) return again('once', 10);
      if (id === '1') await second.opened;
      return done;
    });
    await until('the retry is due while the second is in hand', async () => seen.length === 2 && (await depth())?.retrying === 0 && (await depth())?.ready === 3);
    second.open();
    await until('all came', () => seen.length === 5);
    expect(seen).toEqual(features.retryKeepsOrder ? ['0', '1', '0', '2', '3'] : ['0', '1', '2', '3', '0']);
    await consumer.stop();
  });

  test('one message that waits for its retry does not hold up the others', async () => {
    const { tasks, queue, until } = use();
    const { name, send, figures } = await queue();
    const one = scripted(again('later', 60_000));
    const consumer = await tasks.consume(name, { prefetch: 1 }, one.handle);
    await send(5);
    await until('the others came', () => one.seen.length === 5);
    expect(one.ids()).toEqual(ids(0, 5));
    await consumer.stop();
    await figures({ ready: 0, unsettled: 0, retrying: 1, dead: 0 });
  });
}
