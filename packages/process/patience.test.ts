import { expect, test } from '@jest/globals';
import { systemLogger } from '@tradewind/chassis/system/logger.ts';
import { VirtualClock } from '../../test/virtual-clock.ts';
import { processErrors } from './errors.ts';
import { patiently } from './patience.ts';

const logger = systemLogger({ level: 'silent' });
const away = () => Promise.reject(processErrors.error('server-unreachable', 'nobody is there'));

function patience(ms: number) {
  const clock = new VirtualClock();
  return { clock, logger, until: clock.now() + ms, signal: new AbortController().signal };
}

test('what does not answer is tried again, ever more seldom, until it does', async () => {
  const at = patience(60_000);
  const begun = at.clock.now();
  const tries: number[] = [];
  expect(await patiently('it', async () => {
    tries.push(at.clock.now() - begun);
    return tries.length < 8 ? away() : 'open';
  }, at)).toBe('open');
  expect(tries).toEqual([0, 100, 300, 700, 1_500, 3_100, 5_100, 7_100]);
});

test('patience ends, and a refusal ends it at once', async () => {
  await expect(patiently('it', away, patience(1_000))).rejects.toMatchObject({ code: 'server-unreachable', message: 'it does not answer: nobody is there' });
  let tries = 0;
  await expect(patiently('it', () => {
    tries += 1;
    return Promise.reject(processErrors.error('server-refused', 'not you'));
  }, patience(1_000))).rejects.toMatchObject({ message: 'not you' });
  expect(tries).toBe(1);
});
