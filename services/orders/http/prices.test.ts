import { expect, test } from '@jest/globals';
import type { HttpRequest, HttpResponse } from '@tradewind/chassis/http/client.ts';
import { VirtualClock } from '../../../test/virtual-clock.ts';
import { Prices } from './prices.ts';

const asker = { deadline: Number.MAX_SAFE_INTEGER };

/** Inventory as seen through HTTP; it answers when the test says so. */
function inventory() {
  const waiting: { request: HttpRequest; answer(amount: number): void }[] = [];
  return {
    waiting,
    send: (request: HttpRequest) => new Promise<HttpResponse>((resolve) => {
      const answer = (amount: number) => {
        const items = new URL(request.path, 'http://x').searchParams.get('ids')!.split(',')
          .map((productId) => ({ productId, name: 'x', price: { amount, currency: 'EUR' } }));
        resolve({ status: 200, headers: {}, body: Buffer.from(JSON.stringify({ items })) });
      };
      waiting.push({ request, answer });
    }),
  };
}

test('a price that was under way while the catalogue changed is used once and not kept', async () => {
  const http = inventory();
  const prices = new Prices({ http, clock: new VirtualClock() }, { ttlMs: 60_000, patienceMs: 2_000 });
  const first = prices.of(['tea'], asker);
  prices.drop(['tea']);
  http.waiting[0]!.answer(1);
  expect(await first).toEqual(new Map([['tea', { amount: 1, currency: 'EUR' }]]));
  const second = prices.of(['tea'], asker);
  http.waiting[1]!.answer(2);
  expect(await second).toEqual(new Map([['tea', { amount: 2, currency: 'EUR' }]]));
  expect(await prices.of(['tea'], asker)).toEqual(await second);
});

test('only what is not known is asked for, each product once, within the caller\'s deadline and our patience', async () => {
  const http = inventory();
  const clock = new VirtualClock();
  const prices = new Prices({ http, clock }, { ttlMs: 60_000, patienceMs: 2_000 });
  const first = prices.of(['tea', 'mug', 'tea'], { deadline: clock.now() + 500 });
  http.waiting[0]!.answer(1);
  await first;
  const second = prices.of(['mug', 'pot'], { ...asker, traceparent: '00-a-b-01' });
  http.waiting[1]!.answer(1);
  expect([...(await second).keys()].sort()).toEqual(['mug', 'pot']);
  expect(http.waiting.map(({ request }) => request)).toEqual([
    expect.objectContaining({ service: 'inventory', path: '/products?ids=tea,mug', deadline: clock.now() + 500 }),
    expect.objectContaining({ path: '/products?ids=pot', deadline: clock.now() + 2_000, headers: expect.objectContaining({ traceparent: '00-a-b-01' }) }),
  ]);
});
