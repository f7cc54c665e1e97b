import { expect, test } from '@jest/globals';
import type { LogRecord, Subscription } from '../port.ts';
import { gate, message, messages, number, until, type Bench } from './harness.ts';

const sorted = (records: LogRecord[]): number[] => records.map(number).sort((a, b) => a - b);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

export function groupsContract(use: () => Bench): void {
  test('a group reads each record once, each partition in order, in batches no larger than asked for', async () => {
    const { log, topic, group } = use();
    const name = await topic(3);
    await log.publish(name, messages(100));
    const batches: LogRecord[][] = [];
    const subscription = await log.subscribe({ group: group(), topics: [name], batch: 7 }, async (batch) => { batches.push(batch); });
    await until('100 records came', () => batches.flat().length >= 100);
    await log.publish(name, messages(20, { first: 100 }));
    await until('20 more came', () => batches.flat().length >= 120);
    await subscription.stop();
    expect(sorted(batches.flat())).toEqual(upTo(120));
    for (const batch of batches) {
      expect(batch.length).toBeLessThanOrEqual(7);
      expect(new Set(batch.map((record) => record.partition)).size).toBe(1);
    }
    for (const partition of [0, 1, 2]) {
      const offsets = batches.flat().filter((record) => record.partition === partition).map((record) => record.offset);
      expect(offsets).toEqual(offsets.map((_, n) => n));
    }
  });

  test('a group reads several topics; each group reads all of them', async () => {
    const { log, other, topic, group } = use();
    const names = [await topic(2), await topic(1)];
    await log.publish(names[0]!, messages(10));
    await log.publish(names[1]!, messages(10, { first: 10 }));
    const seen: LogRecord[][] = [[], []];
    const subscriptions = await Promise.all([log, other].map((client, at) =>
      client.subscribe({ group: group(), topics: names }, async (batch) => { seen[at]!.push(...batch); })));
    await until('both groups read both topics', () => seen.every((each) => each.length >= 20));
    await Promise.all(subscriptions.map((each) => each.stop()));
    for (const each of seen) expect(sorted(each)).toEqual(upTo(20));
  });

  test('a group goes on where it stopped', async () => {
    const { log, other, topic, group } = use();
    const [name, id] = [await topic(2), group()];
    await log.publish(name, messages(30));
    const first: LogRecord[] = [];
    const earlier = await log.subscribe({ group: id, topics: [name] }, async (batch) => { first.push(...batch); });
    await until('30 came', () => first.length >= 30);
    await earlier.stop();
    await log.publish(name, messages(10, { first: 30 }));
    const second: LogRecord[] = [];
    const later = await other.subscribe({ group: id, topics: [name] }, async (batch) => { second.push(...batch); });
    await until('10 more came', () => second.length >= 10);
    await later.stop();
    expect([sorted(first), sorted(second)]).toEqual([upTo(30), upTo(40).slice(30)]);
  });

  test('two members share the partitions; one that leaves hands its own over without a record lost or repeated', async () => {
    const { log, other, topic, group } = use();
    const [name, id] = [await topic(4), group()];
    const seen: LogRecord[] = [];
    const take = async (batch: LogRecord[]) => { seen.push(...batch); };
    const a = await log.subscribe({ group: id, topics: [name] }, take);
    await until('one member has all', () => a.assigned().length === 4);
    const b = await other.subscribe({ group: id, topics: [name] }, take);
    await until('each member has two', () => a.assigned().length === 2 && b.assigned().length === 2);
    expect(new Set([...a.assigned(), ...b.assigned()].map((each) => each.partition))).toEqual(new Set([0, 1, 2, 3]));
    await log.publish(name, messages(200, { keys: 40 }));
    await a.stop();
    expect(a.assigned()).toEqual([]);
    await until('the other has all', () => b.assigned().length === 4);
    await log.publish(name, messages(100, { first: 200, keys: 40 }));
    await until('300 came', () => seen.length >= 300);
    await b.stop();
    expect(sorted(seen)).toEqual(upTo(300));
  });

  test('a member too many has nothing to do until another leaves', async () => {
    const { log, other, topic, group } = use();
    const [name, id] = [await topic(1), group()];
    const ignore = async () => undefined;
    const members = [await log.subscribe({ group: id, topics: [name] }, ignore), await other.subscribe({ group: id, topics: [name] }, ignore)];
    const holders = () => members.filter((each) => each.assigned().length === 1);
    let holder: Subscription | undefined;
    await until('one of them has the partition', () => {
      [holder] = holders();
      return holder !== undefined;
    });
    await holder!.stop();
    await until('the other has it', () => holders().some((each) => each !== holder));
    await Promise.all(members.map((each) => each.stop()));
  });

  test('stop waits for the batch in hand and commits it; another member goes on at once behind it', async () => {
    const { log, other, topic, group } = use();
    const [name, id] = [await topic(1), group()];
    await log.publish(name, messages(3));
    const [begun, finish] = [gate(), gate()];
    const first: LogRecord[] = [];
    const a = await log.subscribe({ group: id, topics: [name] }, async (batch) => {
      begun.open();
      await finish.opened;
      first.push(...batch);
    });
    await begun.opened;
    const second: LogRecord[] = [];
    const b = await other.subscribe({ group: id, topics: [name] }, async (batch) => { second.push(...batch); });
    let stopped = false;
    const stopping = a.stop().then(() => { stopped = true; });
    await log.publish(name, [message('key', 3)]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([stopped, second]).toEqual([false, []]);
    finish.open();
    await stopping;
    await until('the other member went on', () => second.length > 0, 5_000);
    await b.stop();
    expect([...first, ...second].map(number)).toEqual([0, 1, 2, 3]);
    expect((await log.lag(id)).map(({ committed, next }) => [committed, next])).toEqual([[4, 4]]);
  });
}
