import { expect, test } from '@jest/globals';
import { KeyedQueue } from './keyed-queue.ts';

/** Work that says when it begins and ends, and ends when told. */
function steps() {
  const story: string[] = [];
  const gates = new Map<string, () => void>();
  const work = (name: string) => async () => {
    story.push(`${name} begins`);
    await new Promise<void>((resolve) => gates.set(name, resolve));
    story.push(`${name} ends`);
    return name;
  };
  return { story, work, finish: (name: string) => gates.get(name)?.() };
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test('work on the same key goes one after another', async () => {
  const { story, work, finish } = steps();
  const queue = new KeyedQueue();
  const both = Promise.all([queue.run(['a'], work('first')), queue.run(['a'], work('second'))]);
  await settle();
  expect(story).toEqual(['first begins']);
  finish('first');
  await settle();
  expect(story).toEqual(['first begins', 'first ends', 'second begins']);
  finish('second');
  expect(await both).toEqual(['first', 'second']);
});

test('work on different keys goes side by side', async () => {
  const { story, work, finish } = steps();
  const queue = new KeyedQueue();
  const both = Promise.all([queue.run(['a'], work('one')), queue.run(['b'], work('other'))]);
  await settle();
  expect(story).toEqual(['one begins', 'other begins']);
  finish('one');
  finish('other');
  await both;
});

test('work on several keys waits for all of them, and holds all of them back', async () => {
  const { story, work, finish } = steps();
  const queue = new KeyedQueue();
  const all = Promise.all([
    queue.run(['a'], work('on a')), queue.run(['a', 'b'], work('on both')), queue.run(['b'], work('on b')),
  ]);
  await settle();
  expect(story).toEqual(['on a begins']);
  finish('on a');
  await settle();
  expect(story.slice(2)).toEqual(['on both begins']);
  finish('on both');
  await settle();
  finish('on b');
  await all;
  expect(story.at(-1)).toBe('on b ends');
});

test('keys named in opposite orders do not wait for each other', async () => {
  const queue = new KeyedQueue();
  const done = await Promise.all(Array.from({ length: 20 }, (_, n) =>
    queue.run(n % 2 ? ['a', 'b'] : ['b', 'a'], () => Promise.resolve(n))));
  expect(done).toHaveLength(20);
});

test('a failure reaches its own caller and nobody behind it', async () => {
  const queue = new KeyedQueue();
  const failing = queue.run(['a'], () => Promise.reject(new Error('broken')));
  const behind = queue.run(['a'], () => Promise.resolve('fine'));
  await expect(failing).rejects.toThrow('broken');
  expect(await behind).toBe('fine');
});
