import { expect, test } from '@jest/globals';
import { Batched } from './batched.ts';

function gate(): { opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => { open = resolve; });
  return { opened, open };
}

function counting(most: number) {
  const sent: number[][] = [];
  const holds = [gate(), gate(), gate(), gate()];
  const batched = new Batched<number, string>({
    weigh: (item) => item,
    most,
    async send(items) {
      sent.push(items);
      await holds[sent.length - 1]?.opened;
      if (items.includes(13)) throw new Error('unlucky');
      return items.map((item) => `done ${item}`);
    },
  });
  return { sent, holds, batched };
}

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

test('what comes while one is on its way goes together next; each gets its own result', async () => {
  const { sent, holds, batched } = counting(100);
  const results = [batched.add(1)];
  await turn();
  results.push(batched.add(2), batched.add(3));
  await turn();
  expect(sent).toEqual([[1]]);
  for (const hold of holds) hold.open();
  expect(await Promise.all(results)).toEqual(['done 1', 'done 2', 'done 3']);
  expect(sent).toEqual([[1], [2, 3]]);
});

test('a batch stops before it is too heavy, and one that is too heavy alone goes alone', async () => {
  const { sent, holds, batched } = counting(10);
  for (const hold of holds) hold.open();
  await Promise.all([6, 5, 4, 50, 1].map((item) => batched.add(item)));
  expect(sent).toEqual([[6], [5, 4], [50], [1]]);
});

test('an error reaches all of its batch and none of the next', async () => {
  const { holds, batched } = counting(20);
  for (const hold of holds) hold.open();
  const settled = await Promise.allSettled([13, 2, 19].map((item) => batched.add(item)));
  expect(settled.map((each) => each.status)).toEqual(['rejected', 'rejected', 'fulfilled']);
});
