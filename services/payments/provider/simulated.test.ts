import { afterEach, expect, test } from '@jest/globals';
import { seededRandom } from '@tradewind/chassis/random/seeded.ts';
import { VirtualClock } from '../../../test/virtual-clock.ts';
import { memoryBook } from './memory/book.ts';
import type { Callback } from './port.ts';
import { simulatedProvider, type SimulatedProvider } from './simulated.ts';
import { timeLimited } from './time-limit.ts';

const charge = (paymentMethod: string, key = 'k') => ({ key, orderId: 'one', amount: { amount: 700, currency: 'EUR' }, paymentMethod });
let provider: SimulatedProvider;
afterEach(() => provider.close());

function open() {
  const clock = new VirtualClock();
  const book = memoryBook();
  provider = simulatedProvider({ book, clock, random: seededRandom(1) });
  const heard: Callback[] = [];
  provider.onCallback(async (callback) => void heard.push(callback));
  return { clock, book, heard, limited: timeLimited(provider, clock, 3_000) };
}

test('the same key is charged once and gets the first answer, even after its refund', async () => {
  const { book, limited } = open();
  const first = await limited.charge(charge('card-ok'));
  expect(first).toMatchObject({ status: 'taken' });
  expect(await limited.charge(charge('card-ok'))).toEqual(first);
  expect(await limited.refund('k')).toMatchObject({ status: 'refunded', amount: { amount: 700 } });
  expect(await limited.refund('k')).toMatchObject({ status: 'refunded' });
  expect(await limited.charge(charge('card-ok'))).toEqual(first);
  expect(await limited.lookup('k')).toMatchObject({ status: 'refunded', amount: { amount: 700 } });
  expect(await book.find('k')).toMatchObject({ charges: 1, refunds: 1 });
});

test('a refund of nothing closes the key, and the late charge takes nothing', async () => {
  const { book, limited } = open();
  expect(await limited.lookup('k')).toEqual({ status: 'none' });
  expect(await limited.refund('k')).toEqual({ status: 'nothing-taken' });
  expect(await limited.charge(charge('card-ok'))).toEqual({ status: 'closed' });
  expect(await limited.lookup('k')).toEqual({ status: 'closed' });
  expect(await book.find('k')).toMatchObject({ charges: 0 });
});

test('a declined card takes nothing, and gives nothing back', async () => {
  const { limited } = open();
  expect(await limited.charge(charge('card-declined'))).toEqual({ status: 'declined', reason: 'card-declined' });
  expect(await limited.refund('k')).toEqual({ status: 'nothing-taken' });
});

test('a slow card takes two seconds', async () => {
  const { clock, limited } = open();
  const began = clock.now();
  expect(await limited.charge(charge('card-slow'))).toMatchObject({ status: 'taken' });
  expect(clock.now() - began).toBeGreaterThanOrEqual(2_000);
});

test('a late card takes the money though its caller has given up, and calls back', async () => {
  const { clock, heard, limited } = open();
  await expect(limited.charge(charge('card-late'))).rejects.toMatchObject({ code: 'provider-timeout', canRetry: true });
  expect(await limited.lookup('k')).toMatchObject({ status: 'taken', amount: { amount: 700 } });
  await clock.until(() => heard.length > 0);
  await clock.sleep(10_000);
  expect(heard).toMatchObject([{ orderId: 'one', amount: { amount: 700 }, outcome: { status: 'taken' } }]);
});

test('a card may call back twice, with one id', async () => {
  const { clock, heard, limited } = open();
  await limited.charge(charge('card-twice'));
  await clock.until(() => heard.length === 2);
  expect(heard[1]).toEqual(heard[0]);
});

test('a callback that is not taken comes again', async () => {
  const { clock, limited } = open();
  let calls = 0;
  provider.onCallback(async () => {
    calls += 1;
    if (calls < 3) throw new Error('not now');
  });
  await limited.charge(charge('card-late')).catch(() => undefined);
  await clock.until(() => calls === 3);
});

test('an unavailable provider turns the first calls away, without effect, then works', async () => {
  const { limited } = open();
  for (let call = 0; call < 2; call += 1)
    await expect(limited.charge(charge('card-unavailable'))).rejects.toMatchObject({ code: 'provider-unavailable', canRetry: true });
  expect(await limited.lookup('k')).toEqual({ status: 'none' });
  expect(await limited.charge(charge('card-unavailable'))).toMatchObject({ status: 'taken' });
});

test('a refund that is refused stays refused until it is mended', async () => {
  const { limited } = open();
  await limited.charge(charge('card-refund-fails-17'));
  for (let call = 0; call < 2; call += 1)
    await expect(limited.refund('k')).rejects.toMatchObject({ code: 'refund-refused', canRetry: false });
  await provider.mend('k');
  expect(await limited.refund('k')).toMatchObject({ status: 'refunded' });
});

test('the same seed gives the same references', async () => {
  const first = await open().limited.charge(charge('card-ok'));
  const second = await open().limited.charge(charge('card-ok'));
  expect(second).toEqual(first);
});
