import { expect, test } from '@jest/globals';
import { DEFAULT_RETRY } from '../port.ts';
import { retryDelay } from '../routing.ts';
import { bucketFor, bucketsOf } from './layout.ts';

test('a queue has a retry queue for each delay that its policy may draw', () => {
  expect(bucketsOf(DEFAULT_RETRY)).toEqual([128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768]);
  const policies = [DEFAULT_RETRY, { attempts: 3, delayMs: 20, factor: 2, maxDelayMs: 100 }, { attempts: 9, delayMs: 60_000, factor: 3, maxDelayMs: 1_000 }];
  for (const policy of policies)
    for (const drawn of [0, 0.5, 0.999])
      for (let nth = 1; nth < 12; nth += 1)
        expect(bucketsOf(policy)).toContain(bucketFor(retryDelay(policy, nth, { next: () => drawn, id: () => 'id' })));
});
