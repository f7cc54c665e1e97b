import { expect, test } from '@jest/globals';
import { systemClock } from './clock.ts';

test('a task runs once after its delay, and not when cancelled', async () => {
  let runs = 0;
  const cancel = systemClock.after(1, () => { runs += 10; });
  cancel();
  await new Promise<void>((resolve) => {
    systemClock.after(2, () => {
      runs += 1;
      resolve();
    });
  });
  await systemClock.sleep(5);
  expect(runs).toBe(1);
});

test('sleep ends as soon as its signal aborts, without rejecting', async () => {
  const stop = new AbortController();
  const sleeping = systemClock.sleep(60_000, stop.signal);
  stop.abort();
  await expect(sleeping).resolves.toBeUndefined();
  await expect(systemClock.sleep(60_000, AbortSignal.abort())).resolves.toBeUndefined();
});

test("a delay longer than Node's timers can count does not fire at once", async () => {
  let fired = false;
  const cancel = systemClock.after(2 ** 40, () => { fired = true; });
  await systemClock.sleep(10);
  cancel();
  expect(fired).toBe(false);
});
