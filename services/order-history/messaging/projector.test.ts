import { expect, test } from '@jest/globals';
import { topics } from '@tradewind/events/topology.ts';
import { foldAll, seen } from '../contract/fold-all.ts';
import { ofTopic, records, Story } from '../contract/story.ts';
import { memoryReadModel } from '../read-model/memory/read-model.ts';
import { Projector } from './projector.ts';

const story = new Story();
for (let n = 0; n < 300; n += 1) story.order(`o${n}`, 'c1', 'confirmed');
const all = records(topics.orders, ofTopic(topics.orders, story.told));
const log = {
  read: (_topic: string, _partition: number, from: number, limit: number) => Promise.resolve(all.slice(from, from + limit)),
};
const told = story.told.filter(({ topic }) => topic === topics.orders);

async function plain() {
  const model = memoryReadModel();
  await foldAll(model, told);
  return seen(model);
}

test('records that the model has are skipped, also in part of a batch', async () => {
  const model = memoryReadModel();
  const projector = new Projector(model, log);
  await projector.project(all.slice(0, 60));
  await projector.project(all.slice(0, 30));
  await projector.project(all.slice(20));
  expect(await seen(model)).toEqual(await plain());
  expect(await model.position(topics.orders, 0)).toBe(all.length);
});

test('records that the model lacks are read from the log before what was delivered', async () => {
  const model = memoryReadModel();
  await new Projector(model, log).project(all.slice(0, 10));
  await new Projector(model, log).project(all.slice(2_350));
  expect(await seen(model)).toEqual(await plain());
});

test('two consumers that hold the same partition for a while fold each record once', async () => {
  const model = memoryReadModel();
  const [one, two] = [new Projector(model, log), new Projector(model, log)];
  const work = async (projector: Projector, size: number) => {
    for (let from = 0; from < all.length; from += size) await projector.project(all.slice(from, from + size));
  };
  await Promise.all([work(one, 7), work(two, 50)]);
  expect(await seen(model)).toEqual(await plain());
});
