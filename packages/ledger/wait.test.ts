import { expect, test } from '@jest/globals';
import type { Clock } from '@tradewind/chassis/clock.ts';
import { check } from './check.ts';
import { append, smallRun, THEN, type Run } from './contract/run.ts';
import { sourcesOf } from './contract/run-sources.ts';
import { untilSettled } from './wait.ts';

const judge = (run: Run) => check(sourcesOf(run), { now: THEN });

/** A clock on which something may happen while others sleep. */
function clockWith(meanwhile: (now: number) => void): Clock & { slept: number } {
  const clock = {
    slept: 0,
    now: () => THEN + clock.slept,
    sleep(ms: number) {
      clock.slept += ms;
      meanwhile(clock.slept);
      return Promise.resolve();
    },
    after: () => () => undefined,
  };
  return clock;
}

function cancelFlying(run: Run): void {
  const orderId = 'o-flying';
  append(run, 'orders', `order-${orderId}`, [{ type: 'OrderCancelled', data: { orderId, customerId: 'c-1', reason: 'requested-by-customer' } }]);
  append(run, 'customers', 'customer-c-1', [{ type: 'CreditReleased', data: { orderId, customerId: 'c-1', amount: { amount: 2_500, currency: 'EUR' } } }]);
  append(run, 'orders', `saga-${orderId}`, [{ type: 'SagaEnded', data: { orderId, outcome: 'cancelled' } }]);
  Object.assign(run.history[3]!, { status: 'cancelled', version: 2 });
  run.notifications.push({ orderId, kind: 'order-cancelled', at: THEN });
}

test('what is in flight is waited for', async () => {
  const run = smallRun();
  const clock = clockWith((slept) => { if (slept === 1_500) cancelFlying(run); });
  const verdict = await untilSettled(() => judge(run), { clock, waitMs: 60_000 });
  expect(verdict).toMatchObject({ holds: true, inFlight: 0, orders: { cancelled: 3 } });
  expect(clock.slept).toBe(1_500);
});

test('waiting ends when its time is over', async () => {
  const clock = clockWith(() => undefined);
  expect(await untilSettled(() => judge(smallRun()), { clock, waitMs: 1_200 })).toMatchObject({ holds: true, inFlight: 1 });
  expect(clock.slept).toBe(1_200);
});

test('a breach is not waited on', async () => {
  const run = smallRun();
  run.notifications.splice(0);
  const clock = clockWith(() => undefined);
  expect((await untilSettled(() => judge(run), { clock, waitMs: 60_000 })).holds).toBe(false);
  expect(clock.slept).toBe(0);
});
