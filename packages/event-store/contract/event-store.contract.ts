import { describe } from '@jest/globals';
import { acts } from './acts.ts';
import { appends } from './appends.ts';
import { concurrency } from './concurrency.ts';
import type { Open } from './harness.ts';
import { outboxes } from './outboxes.ts';
import { reads } from './reads.ts';
import { refusals } from './refusals.ts';
import { timers } from './timers.ts';

/** What every `EventStore` and `Outbox` promises; an adapter passes it unchanged. */
export function eventStoreContract(name: string, open: Open): void {
  describe(`event store: ${name}`, () => {
    for (const part of [appends, concurrency, acts, timers, reads, refusals, outboxes]) part(open);
  });
}
