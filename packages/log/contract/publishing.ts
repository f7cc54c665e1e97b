import { expect, test } from '@jest/globals';
import { partitionOf } from '../partition.ts';
import { MAX_MESSAGE_BYTES, type LogFeatures } from '../port.ts';
import { everything, message, messages, number, until, type Bench } from './harness.ts';

export function publishingContract(use: () => Bench, features: LogFeatures): void {
  test('the adapter declares what it can do', () => {
    expect(use().log.features).toEqual(features);
  });

  test('a topic that exists stays as it is; one with other partitions is an error', async () => {
    const { log, other, topic } = use();
    const name = await topic(3);
    await log.publish(name, [message('a', 1)]);
    await other.ensureTopics([{ name, partitions: 3 }]);
    expect(await everything(other, name)).toHaveLength(1);
    await expect(log.ensureTopics([{ name, partitions: 4 }])).rejects.toMatchObject({ code: 'topic-differs' });
    expect(await log.ends(name)).toHaveLength(3);
  });

  test('a topic that nobody created is unknown to publishers and readers', async () => {
    const { log, group } = use();
    const unknown = { code: 'topic-unknown', canRetry: false };
    await expect(log.publish('no-such-topic', [message('a', 1)])).rejects.toMatchObject(unknown);
    await expect(log.subscribe({ group: group(), topics: ['no-such-topic'] }, async () => undefined)).rejects.toMatchObject(unknown);
    await expect(log.read('no-such-topic', 0, 0, 10)).rejects.toMatchObject(unknown);
    await expect(log.ends('no-such-topic')).rejects.toMatchObject(unknown);
    await expect(log.seek(group(), 'no-such-topic', 'beginning')).rejects.toMatchObject(unknown);
  });

  test('a message over the limit is refused, and nothing of its call is published; one just under it is taken', async () => {
    const { log, topic } = use();
    const name = await topic(1);
    const large = message('large', 2, 'x'.repeat(MAX_MESSAGE_BYTES));
    await expect(log.publish(name, [message('a', 1), large])).rejects.toMatchObject({ code: 'message-too-large', canRetry: false });
    const wide = message('wide', 2, '€'.repeat(MAX_MESSAGE_BYTES / 2));
    await expect(log.publish(name, [wide])).rejects.toMatchObject({ code: 'message-too-large' });
    expect(await everything(log, name)).toEqual([]);
    await log.publish(name, [message('fits', 1, 'x'.repeat(MAX_MESSAGE_BYTES - 2_000))]);
    expect(await everything(log, name)).toHaveLength(1);
  });

  test('keys and data come back as they were, and a publisher gets nothing of its own objects back', async () => {
    const { log, topic } = use();
    const name = await topic(1);
    const strange = ['', 'a\nb', 'tab\t"quote" \\back', 'naïve € 🚀', "it's {a,b} \\. NULL", '\u2028 \u0001'];
    const sent = strange.map((key, n) => message(key, n, { text: key, deep: [{ n: null, yes: true, number: 1.5e300, zero: '\u0000' }] }));
    const before = Date.now();
    await log.publish(name, sent);
    const records = await everything(log, name);
    expect(records.map(({ key, envelope }) => ({ key, envelope }))).toEqual(sent);
    for (const { at, topic: from, partition } of records) {
      expect(Math.abs(at - before)).toBeLessThan(10_000);
      expect([from, partition]).toEqual([name, 0]);
    }
    expect(records[0]?.envelope).not.toBe(sent[0]?.envelope);
  });

  test('an empty publish is no error', async () => {
    const { log, topic } = use();
    expect(await log.publish(await topic(2), [])).toEqual([]);
  });

  test('a thousand messages at once get a thousand positions, each its own message', async () => {
    const { log, topic } = use();
    const name = await topic(4);
    const sent = messages(1_000, { keys: 50 });
    const positions = await log.publish(name, sent);
    const byPosition = new Map((await everything(log, name)).map((record) => [`${record.partition}/${record.offset}`, record]));
    expect(byPosition.size).toBe(1_000);
    expect(positions.map(({ partition, offset }) => byPosition.get(`${partition}/${offset}`)?.envelope)).toEqual(sent.map((each) => each.envelope));
  });

  test('a thousand publishes at once get a position each, and each holds its own message', async () => {
    const { log, topic } = use();
    const name = await topic(4);
    const sent = messages(1_000, { keys: 50 });
    const positions = (await Promise.all(sent.map((each) => log.publish(name, [each])))).flat();
    const byPosition = new Map((await everything(log, name)).map((record) => [`${record.partition}/${record.offset}`, record]));
    expect(byPosition.size).toBe(1_000);
    expect(new Set(positions.map(({ partition, offset }) => `${partition}/${offset}`)).size).toBe(1_000);
    expect(positions.map(({ partition, offset }) => byPosition.get(`${partition}/${offset}`)?.envelope)).toEqual(sent.map((each) => each.envelope));
  });

  test('offsets have no gap and each is given once, under 32 publishers at once', async () => {
    const { log, other, topic } = use();
    const name = await topic(4);
    const positions = (await Promise.all(Array.from({ length: 32 }, async (_, publisher) => {
      const own = [];
      for (let n = 0; n < 5; n += 1)
        own.push(...await (publisher % 2 ? log : other).publish(name, messages(3, { first: publisher * 100 + n * 3, keys: 7 })));
      return own;
    }))).flat();
    const ends = await log.ends(name);
    for (const { partition, first, next } of ends) {
      const offsets = positions.filter((each) => each.partition === partition).map((each) => each.offset).sort((a, b) => a - b);
      expect([first, offsets]).toEqual([0, Array.from({ length: next }, (_, n) => n)]);
      const there = (await log.read(name, partition, 0, 1_000)).map((each) => each.offset);
      expect(there).toEqual(offsets);
    }
    expect(ends.reduce((sum, { next }) => sum + next, 0)).toBe(480);
  });

  test('messages of a key keep their order in one partition, the one that its hash says', async () => {
    const { log, other, topic } = use();
    const name = await topic(5);
    const keys = Array.from({ length: 12 }, (_, n) => `order-${n}`);
    await Promise.all(keys.map(async (key, at) => {
      const client = at % 2 ? log : other;
      for (let n = 0; n < 12; n += 3) await client.publish(name, [message(key, n), message(`beside-${key}`, n), message(key, n + 1), message(key, n + 2)]);
    }));
    const records = await everything(log, name);
    for (const key of keys) {
      const own = records.filter((record) => record.key === key);
      expect(own.map(number)).toEqual(Array.from({ length: 12 }, (_, n) => n));
      expect(new Set(own.map((record) => record.partition))).toEqual(new Set([partitionOf(key, 5)]));
    }
  });

  test('a partition is read in pages from any offset, and is empty at its end', async () => {
    const { log, topic } = use();
    const name = await topic(1);
    await log.publish(name, messages(25));
    expect((await log.read(name, 0, 7, 5)).map(number)).toEqual([7, 8, 9, 10, 11]);
    expect((await log.read(name, 0, 20, 100)).map(number)).toEqual([20, 21, 22, 23, 24]);
    expect(await log.read(name, 0, 25, 100)).toEqual([]);
    expect(await log.ends(name)).toEqual([{ partition: 0, first: 0, next: 25 }]);
    await expect(log.read(name, 1, 0, 1)).rejects.toMatchObject({ code: 'topic-unknown' });
  });

  if (features.retention)
    test('what is older than its topic keeps goes; offsets go on', async () => {
      const { log, topic } = use();
      const name = await topic(1, 300);
      await log.publish(name, messages(5));
      await until('the old records are gone', async () => {
        await log.publish(name, [message('later', 5)]);
        return ((await log.ends(name))[0]?.first ?? 0) >= 5;
      });
      const [end] = await log.ends(name);
      const [oldest] = await log.read(name, 0, 0, 1);
      expect(end?.next).toBeGreaterThan(5);
      expect(oldest === undefined || oldest.offset >= 5).toBe(true);
    });
}
