import { expect, test } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { Groups } from './group.ts';

interface Item { name: string; keys: string[] }

/** Groups whose sends end when told to. */
function world(limits: { width?: number; size?: number; keys?: number } = {}) {
  const sent: { names: string[]; end(failing?: string): void }[] = [];
  const groups = new Groups<Item, string>({
    width: 2, size: 64, keys: 1_000, ...limits,
    ended: () => undefined,
    now: () => 0,
    send: (group) => new Promise((resolve) => {
      sent.push({
        names: group.map(({ name }) => name),
        end: (failing) => resolve(group.map(({ name }) => name === failing
          ? { status: 'rejected', reason: new Error(name) } : { status: 'fulfilled', value: name })),
      });
    }),
  });
  const ended: string[] = [];
  const add = (name: string, ...keys: string[]): void => {
    groups.add({ name, keys }).then((value) => ended.push(value), () => ended.push(`${name} failed`));
  };
  return { sent, ended, add, names: () => sent.map(({ names }) => names.join(' ')) };
}

test('a caller alone is sent at once, those that come while it is under way go together', async () => {
  const { sent, add, names } = world({ width: 1 });
  add('a', 'k1');
  expect(names()).toEqual(['a']);
  add('b', 'k2');
  add('c', 'k3');
  await turn();
  expect(names()).toEqual(['a']);
  sent[0]!.end();
  await turn();
  await turn();
  expect(names()).toEqual(['a', 'b c']);
});

test('items that share a key go one after another, in the order they came', async () => {
  const { sent, ended, add, names } = world();
  add('a', 'x');
  add('b', 'x', 'y');
  add('c', 'y');
  add('d', 'z');
  await turn();
  expect(names()).toEqual(['a', 'd']);
  sent[0]!.end();
  await turn();
  await turn();
  expect(names()).toEqual(['a', 'd', 'b']);
  sent[2]!.end();
  await turn();
  await turn();
  expect(names()).toEqual(['a', 'd', 'b', 'c']);
  expect(ended).toEqual(['a', 'b']);
});

test('one that fails lets those behind it go on, and the others of its group have their own results', async () => {
  const { sent, ended, add, names } = world({ width: 1 });
  add('first', 'k');
  add('a', 'x');
  add('b', 'y');
  add('c', 'x');
  sent[0]!.end();
  await turn();
  await turn();
  sent[1]!.end('a');
  await turn();
  await turn();
  expect(ended).toEqual(['first', 'a failed', 'b']);
  expect(names()).toEqual(['first', 'a b', 'c']);
});

test('no more groups are under way than there is room for, and none is larger than it may be', async () => {
  const { sent, add, names } = world({ width: 2, size: 2, keys: 4 });
  add('a', 'a');
  add('b', 'b');
  add('c', 'c');
  add('d', 'd1', 'd2', 'd3');
  add('e', 'e1', 'e2');
  add('f', 'f1', 'f2', 'f3', 'f4', 'f5');
  await turn();
  expect(names()).toEqual(['a', 'b c']);
  for (let n = 0; n < 5; n += 1) {
    sent[n]?.end();
    await turn();
    await turn();
  }
  expect(names()).toEqual(['a', 'b c', 'd', 'e', 'f']);
});

test('one key named twice by an item does not make it wait for itself', async () => {
  const { add, names } = world();
  add('a', 'x', 'x');
  expect(names()).toEqual(['a']);
});
