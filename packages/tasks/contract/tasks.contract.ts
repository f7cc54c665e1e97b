import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TasksFeatures } from '../port.ts';
import { deathsContract } from './deaths.ts';
import { declaringContract } from './declaring.ts';
import { deliveryContract } from './delivery.ts';
import { bench, type Bench, type TasksUnderTest } from './harness.ts';
import { publishingContract } from './publishing.ts';
import { retriesContract } from './retries.ts';

/** How soon the broker takes a silent process for dead: at once, or too late to matter in a test. */
export type Patience = 'short' | 'long';

/**
 * What every adapter of the work queue must do, whatever it stands on.
 * @param open a broker with nothing in it, or with names that the tests don't use.
 */
export function tasksContract(name: string, open: (patience: Patience) => Promise<TasksUnderTest>, features: TasksFeatures): void {
  const opened = (patience: Patience): (() => Bench) => {
    let shared: Bench | undefined;
    beforeAll(async () => { shared = await bench(() => open(patience)); });
    afterAll(async () => { await shared?.under.close(); });
    return () => {
      if (!shared) throw new Error('the broker did not open');
      return shared;
    };
  };
  describe(`${name} is a work queue`, () => {
    const use = opened('long');
    test('it says what it can do', () => { expect(use().tasks.features).toEqual(features); });
    declaringContract(use);
    publishingContract(use, features);
    deliveryContract(use);
    retriesContract(use, features);
  });
  describe(`${name} outlives its consumers`, () => deathsContract(opened('short')));
}
