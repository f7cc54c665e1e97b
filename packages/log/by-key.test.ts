import { expect, test } from '@jest/globals';
import { byKey } from './by-key.ts';
import { message, number } from './contract/harness.ts';
import type { LogRecord } from './port.ts';

const record = (key: string, n: number): LogRecord => ({ topic: 't', partition: 0, offset: n, at: 0, ...message(key, n) });
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const key = (each: LogRecord) => each.key;

test('records of one key are handled in order, and those of different keys side by side, as wide as allowed', async () => {
  const batch = Array.from({ length: 40 }, (_, n) => record(`key-${n % 5}`, n));
  const done: LogRecord[] = [];
  const running = new Set<string>();
  let widest = 0;
  await byKey(batch, { key, width: 3 }, async (each) => {
    expect(running.has(each.key)).toBe(false);
    running.add(each.key);
    widest = Math.max(widest, running.size);
    await turn();
    running.delete(each.key);
    done.push(each);
  });
  expect(widest).toBe(3);
  expect(done).toHaveLength(40);
  for (let n = 0; n < 5; n += 1) {
    const own = done.filter((each) => each.key === `key-${n}`).map(number);
    expect(own).toEqual([...own].sort((a, b) => a - b));
  }
});

test('after an error nothing new is begun, what was begun ends, and the error comes out', async () => {
  const batch = [record('a', 0), record('b', 1), record('a', 2), record('b', 3), record('c', 4)];
  const [begun, ended]: number[][] = [[], []];
  const handling = byKey(batch, { key, width: 2 }, async (each) => {
    begun!.push(number(each));
    if (number(each) === 0) throw new Error('no');
    await turn();
    ended!.push(number(each));
  });
  await expect(handling).rejects.toThrow('no');
  expect([begun, ended]).toEqual([[0, 1], [1]]);
});

test('an empty batch is done at once', async () => {
  await expect(byKey([], { key, width: 4 }, async () => undefined)).resolves.toBeUndefined();
});
