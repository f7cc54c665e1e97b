import { expect, test } from '@jest/globals';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import { VirtualClock } from '../../test/virtual-clock.ts';
import { draft, expectStream, outcome } from './contract/harness.ts';
import { memoryEventStore } from './memory/store.ts';
import { storeErrors } from './port.ts';
import { untilAppended } from './until-appended.ts';

const world = { clock: new VirtualClock(), random: seededRandom(1) };

test('work whose append conflicts is done again on what is there now', async () => {
  const store = memoryEventStore({ topic: 't', name: 'test', clock: world.clock });
  const fresh: boolean[] = [];
  const add = (n: number) => untilAppended(world, async (again) => {
    fresh.push(again);
    const [loaded] = await store.load([{ stream: 's' }]);
    await world.clock.sleep(1);
    return store.append([{ stream: 's', expected: loaded!.version, events: [draft(n)] }]);
  });
  const versions = await Promise.all([add(1), add(2), add(3)]);
  expect(versions.flat().sort()).toEqual([1, 2, 3]);
  expect(fresh.filter((again) => !again)).toHaveLength(3);
  expect(fresh.length).toBeGreaterThan(3);
  expect((await store.load([{ stream: 's' }]))[0]!.events).toHaveLength(3);
});

test('a message that was handled before is told as such', async () => {
  const store = memoryEventStore({ topic: 't', name: 'test', clock: world.clock });
  const handle = () => untilAppended(world, () =>
    store.append([{ stream: 's', expected: 'any', events: [draft(1)] }], { inbox: { consumer: 'c', messageId: 'm' } }));
  expect(await handle()).toEqual([1]);
  expect(await handle()).toBe('already-handled');
  await expectStream(store, 's', [1]);
});

test('work that never fits gives up with the conflict', async () => {
  let attempts = 0;
  const work = untilAppended(world, async () => {
    attempts += 1;
    throw storeErrors.error('stream-conflict');
  });
  expect(await outcome(work)).toBe('stream-conflict');
  expect(attempts).toBe(20);
});

test('other errors are not for it', async () => {
  let attempts = 0;
  const work = untilAppended(world, async () => {
    attempts += 1;
    throw storeErrors.error('store-unavailable');
  });
  expect(await outcome(work)).toBe('store-unavailable');
  expect(attempts).toBe(1);
});
