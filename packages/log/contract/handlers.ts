import { expect, test } from '@jest/globals';
import { partitionOf } from '../partition.ts';
import { gate, message, messages, number, until, type Bench } from './harness.ts';

/** Keys of two different partitions of two. */
const [left, right] = [0, 1].map((partition) => Array.from({ length: 50 }, (_, n) => `key-${n}`).find((key) => partitionOf(key, 2) === partition)!);

export function handlersContract(use: () => Bench): void {
  test('a handler that rejects gets the same records again, later each time, and other partitions go on', async () => {
    const { log, topic, group } = use();
    const [name, id] = [await topic(2), group()];
    await log.publish(name, [message(left!, 0), message(left!, 1)]);
    const tries: { at: number; records: number[] }[] = [];
    const others: number[] = [];
    const subscription = await log.subscribe({ group: id, topics: [name] }, async (batch) => {
      if (batch[0]?.partition === 1) return void others.push(...batch.map(number));
      tries.push({ at: Date.now(), records: batch.map(number) });
      if (tries.length <= 3 || others.length === 0) throw new Error('not now');
    });
    await until('it was tried', () => tries.length > 0);
    await log.publish(name, [message(right!, 10), message(left!, 2)]);
    await until('all came', () => tries.flatMap((each) => each.records).includes(2));
    await subscription.stop();
    expect(others).toEqual([10]);
    expect(tries.slice(0, -1).map((each) => each.records)).toEqual(tries.slice(1).map(() => [0, 1]));
    expect(tries.at(-1)?.records).toEqual([2]);
    const waits = tries.slice(1, 4).map((each, n) => each.at - tries[n]!.at);
    for (const [n, least] of [45, 95, 195].entries()) expect(waits[n]).toBeGreaterThanOrEqual(least);
  });

  test('what a handler rejected is not committed: whoever comes next gets it', async () => {
    const { log, other, topic, group } = use();
    const [name, id] = [await topic(1), group()];
    await log.publish(name, messages(4));
    let tries = 0;
    const failing = await log.subscribe({ group: id, topics: [name], batch: 2 }, async (batch) => {
      if (number(batch[0]!) < 2) return;
      tries += 1;
      throw new Error('never');
    });
    await until('the second batch failed', () => tries > 0);
    await failing.stop();
    const seen: number[] = [];
    const next = await other.subscribe({ group: id, topics: [name] }, async (batch) => { seen.push(...batch.map(number)); });
    await until('the rest came', () => seen.length >= 2);
    await next.stop();
    expect(seen).toEqual([2, 3]);
  });

  test('a partition whose handler takes long holds up no other, and is handled one batch at a time', async () => {
    const { log, topic, group } = use();
    const name = await topic(2);
    await log.publish(name, [message(left!, 0), message(right!, 1)]);
    const finish = gate();
    const seen: number[] = [];
    let [running, most] = [0, 0];
    const subscription = await log.subscribe({ group: group(), topics: [name], batch: 1 }, async (batch) => {
      if (batch[0]?.partition === 0) {
        running += 1;
        most = Math.max(most, running);
        await finish.opened;
        running -= 1;
      }
      seen.push(...batch.map(number));
    });
    for (let n = 2; n < 8; n += 2) await log.publish(name, [message(left!, n), message(right!, n + 1)]);
    await until('the other partition is through', () => seen.length === 4);
    expect(seen).toEqual([1, 3, 5, 7]);
    finish.open();
    await until('this one is too', () => seen.length === 8);
    await subscription.stop();
    expect(seen.slice(4)).toEqual([0, 2, 4, 6]);
    expect(most).toBe(1);
  });
}
