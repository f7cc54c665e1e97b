import { afterAll, beforeAll, describe } from '@jest/globals';
import type { LogFeatures } from '../port.ts';
import { bench, type Bench, type Opened } from './harness.ts';
import { groupsContract } from './groups.ts';
import { handlersContract } from './handlers.ts';
import { positionsContract } from './positions.ts';
import { processesContract } from './processes.ts';
import { publishingContract } from './publishing.ts';

/**
 * What every adapter of the log must do, whatever it stands on.
 * @param open a log with nothing in it, or with names that the tests don't use; its leases outlast a test.
 */
export function logContract(name: string, open: () => Promise<Opened>, features: LogFeatures): void {
  describe(`${name} is a log`, () => {
    let shared: Bench | undefined;
    const use = (): Bench => {
      if (!shared) throw new Error('the log did not open');
      return shared;
    };
    beforeAll(async () => { shared = await bench(open); });
    afterAll(async () => { await shared?.opened.close(); });

    publishingContract(use, features);
    groupsContract(use);
    handlersContract(use);
    positionsContract(use);
    if (features.processes) processesContract(use);
  });
}
