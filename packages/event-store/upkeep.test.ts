import { expect, test } from '@jest/globals';
import { systemLogger } from '@tradewind/chassis/system/logger.ts';
import { VirtualClock } from '../../test/virtual-clock.ts';
import { memoryEventStore } from './memory/store.ts';
import { startUpkeep } from './upkeep.ts';

const logger = systemLogger({ level: 'silent' });

test('an answer is kept for as long as promised, and then forgotten', async () => {
  const clock = new VirtualClock();
  const store = memoryEventStore({ topic: 't', name: 'n', clock });
  const upkeep = startUpkeep({ store, clock, logger }, { answersMs: 1_000, everyMs: 100 });
  const key = { scope: 's', key: 'k' };
  await store.append([], { answer: { ...key, fingerprint: 'f', status: 202, headers: {}, body: null, at: clock.now() } });
  await clock.sleep(900);
  expect(await store.answer('s', 'k')).toMatchObject({ status: 202 });
  await clock.sleep(300);
  expect(await store.answer('s', 'k')).toBeUndefined();
  await upkeep.stop();
});

test('a store that does not answer is asked again in the next round', async () => {
  const clock = new VirtualClock();
  let asked = 0;
  const store = { prune: () => { asked += 1; return Promise.reject(new Error('down')); } };
  const upkeep = startUpkeep({ store, clock, logger }, { everyMs: 100 });
  await clock.sleep(250);
  expect(asked).toBe(2);
  await upkeep.stop();
});
