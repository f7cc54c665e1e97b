import { expect, test } from '@jest/globals';
import { message } from '../contract/harness.ts';
import type { Position } from '../port.ts';
import { Lane } from './lane.ts';
import { encodeRecord } from './record.ts';

function filled(count: number, size = 10) {
  const lane = new Lane({ topic: 't', partition: 3 });
  const outcomes: (Position[] | Error)[] = [];
  for (let n = 0; n < count; n += 1) {
    const call = {
      positions: [], missing: 1,
      resolve: (positions: Position[]) => { outcomes[n] = positions; },
      reject: (error: unknown) => { outcomes[n] = error as Error; },
    };
    lane.add({ ...encodeRecord(message('key', n, { n, pad: 'x'.repeat(size) })), call, at: 0, since: 0 });
  }
  lane.use({ id: 7n, epoch: 0 });
  lane.load();
  return { lane, outcomes };
}
const offsets = (outcomes: (Position[] | Error)[]) => outcomes.map((each) => (Array.isArray(each) ? each[0]?.offset : each.message));

test('a batch keeps its records and sequence until it is written; the next one follows it', () => {
  const { lane, outcomes } = filled(3);
  const first = lane.request();
  lane.failures = 1;
  lane.add({ ...encodeRecord(message('key', 3)), call: { positions: [], missing: 1, resolve: () => undefined, reject: () => undefined }, at: 0, since: 0 });
  lane.load();
  expect(lane.request()).toEqual(first);
  lane.written(100);
  expect(offsets(outcomes)).toEqual([100, 101, 102]);
  lane.load();
  expect([lane.request().sequence, lane.batch.length]).toEqual([3, 1]);
});

test('a batch is no larger than a broker takes, unless one message is', () => {
  const { lane } = filled(12, 200_000);
  expect(lane.batch).toHaveLength(4);
  expect(filled(2, 980_000).lane.batch).toHaveLength(1);
});

test('a batch refused as too large goes in halves, in order', () => {
  const { lane, outcomes } = filled(5);
  lane.halve();
  lane.load();
  expect([lane.request().sequence, lane.batch.length]).toEqual([0, 3]);
  lane.written(0);
  lane.load();
  lane.written(3);
  expect(offsets(outcomes)).toEqual([0, 1, 2, 3, 4]);
  expect(lane.idle).toBe(true);
});

test('with a batch of which nobody knows whether it was written goes all that waits behind it', () => {
  const { lane, outcomes } = filled(3);
  lane.failures = 2;
  lane.abandon(new Error('unknown'));
  expect([offsets(outcomes), lane.idle]).toEqual([['unknown', 'unknown', 'unknown'], true]);
});
