import { expect, test } from '@jest/globals';
import type { Log, Subscribe } from '../port.ts';
import { everything, messages, number, until, type Bench } from './harness.ts';

/** Reads as a group until `count` records came, then stops. */
async function readAs(log: Log, subscription: Subscribe, count: number): Promise<number[]> {
  const seen: number[] = [];
  const member = await log.subscribe(subscription, async (batch) => { seen.push(...batch.map(number)); });
  await until(`${count} records came`, () => seen.length >= count);
  await member.stop();
  return seen;
}

export function positionsContract(use: () => Bench): void {
  test('a consumer that keeps its own position goes on from there, whatever the log has', async () => {
    const { log, other, topic, group } = use();
    const [name, id] = [await topic(1), group()];
    await log.publish(name, messages(10));
    const asked: [string, number][] = [];
    const position = (value: number | undefined) => async (of: string, partition: number) => {
      asked.push([of, partition]);
      return value;
    };
    expect(await readAs(log, { group: id, topics: [name], position: position(7) }, 3)).toEqual([7, 8, 9]);
    expect(await readAs(other, { group: id, topics: [name], position: position(4) }, 6)).toEqual([4, 5, 6, 7, 8, 9]);
    await log.publish(name, messages(2, { first: 10 }));
    expect(await readAs(log, { group: id, topics: [name], position: position(undefined) }, 2)).toEqual([10, 11]);
    expect(asked).toEqual(Array.from({ length: 3 }, () => [name, 0]));
  });

  test('a position that cannot be told is asked for again; nothing is read meanwhile', async () => {
    const { log, topic, group } = use();
    const name = await topic(1);
    await log.publish(name, messages(5));
    let asked = 0;
    const position = async () => {
      asked += 1;
      if (asked < 3) throw new Error('the database is away');
      return 2;
    };
    expect(await readAs(log, { group: group(), topics: [name], position }, 3)).toEqual([2, 3, 4]);
    expect(asked).toBe(3);
  });

  test('a group that begins at the end sees only what comes after its first subscription, also when it comes back', async () => {
    const { log, other, topic, group } = use();
    const [name, id] = [await topic(2), group()];
    await log.publish(name, messages(10));
    const seen: number[] = [];
    const member = await log.subscribe({ group: id, topics: [name], from: 'end' }, async (batch) => { seen.push(...batch.map(number)); });
    await other.publish(name, messages(4, { first: 10 }));
    await until('4 came', () => seen.length >= 4);
    await member.stop();
    await log.publish(name, messages(4, { first: 14 }));
    const back = await readAs(other, { group: id, topics: [name], from: 'end' }, 4);
    expect([seen, back].map((each) => each.sort((a, b) => a - b))).toEqual([[10, 11, 12, 13], [14, 15, 16, 17]]);
  });

  test('a group reads again from where it is moved to', async () => {
    const { log, topic, group } = use();
    const [name, id] = [await topic(1), group()];
    await log.publish(name, messages(8));
    expect(await readAs(log, { group: id, topics: [name] }, 8)).toHaveLength(8);
    await log.seek(id, name, 'beginning');
    expect(await readAs(log, { group: id, topics: [name] }, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    await log.seek(id, name, { partition: 0, offset: 5 });
    expect(await readAs(log, { group: id, topics: [name] }, 3)).toEqual([5, 6, 7]);
    await log.seek(id, name, 'end');
    await log.publish(name, messages(1, { first: 8 }));
    expect(await readAs(log, { group: id, topics: [name] }, 1)).toEqual([8]);
  });

  test('a new group can be placed before it reads; beyond the ends is at the ends', async () => {
    const { log, topic, group } = use();
    const [name, early, late] = [await topic(1), group(), group()];
    await log.publish(name, messages(6));
    await log.seek(early, name, { partition: 0, offset: 4 });
    expect(await readAs(log, { group: early, topics: [name] }, 2)).toEqual([4, 5]);
    await log.seek(late, name, { partition: 0, offset: 400 });
    expect(await log.lag(late)).toEqual([{ topic: name, partition: 0, committed: 6, next: 6 }]);
  });

  test('a group reads again from a time: the first record taken then or later, or the end where there is none', async () => {
    const { log, topic, group } = use();
    const [name, id] = [await topic(2), group()];
    await log.publish(name, messages(10, { keys: 5 }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await log.publish(name, messages(10, { first: 10, keys: 5 }));
    const records = await everything(log, name);
    const time = Math.min(...records.filter((each) => number(each) >= 10).map(({ at }) => at));
    await log.seek(id, name, { time });
    expect((await readAs(log, { group: id, topics: [name] }, 10)).sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, n) => 10 + n));
    await log.seek(id, name, { time: 0 });
    expect(await readAs(log, { group: id, topics: [name] }, 20)).toHaveLength(20);
    await log.seek(id, name, { time: time + 3_600_000 });
    expect((await log.lag(id)).map(({ committed, next }) => next - committed)).toEqual([0, 0]);
  });

  test('a group with members is not moved', async () => {
    const { log, other, topic, group } = use();
    const [name, id] = [await topic(1), group()];
    await log.publish(name, messages(3));
    let seen = 0;
    const member = await log.subscribe({ group: id, topics: [name] }, async (batch) => { seen += batch.length; });
    await until('3 came', () => seen >= 3);
    await expect(other.seek(id, name, 'beginning')).rejects.toMatchObject({ code: 'group-active', canRetry: true });
    await member.stop();
    expect((await log.lag(id)).map((each) => each.committed)).toEqual([3]);
    await other.seek(id, name, 'beginning');
    expect((await log.lag(id)).map((each) => each.committed)).toEqual([0]);
  });

  test('lag tells how far a group is behind, and groups are known by having positions', async () => {
    const { log, other, topic, group } = use();
    const [name, id, stranger] = [await topic(2), group(), group()];
    await log.publish(name, messages(12));
    await readAs(log, { group: id, topics: [name] }, 12);
    await log.publish(name, messages(6, { first: 12 }));
    const lag = await other.lag(id);
    const ends = await log.ends(name);
    expect(lag.map(({ topic: of, partition, next }) => ({ topic: of, partition, next })))
      .toEqual(ends.map(({ partition, next }) => ({ topic: name, partition, next })));
    expect(lag.reduce((sum, { committed, next }) => sum + next - committed, 0)).toBe(6);
    expect(await other.groups()).toContain(id);
    expect(await other.groups()).not.toContain(stranger);
    expect(await log.lag(stranger)).toEqual([]);
  });
}
