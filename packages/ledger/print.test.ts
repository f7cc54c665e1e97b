import { expect, test } from '@jest/globals';
import { check } from './check.ts';
import { smallRun, THEN } from './contract/run.ts';
import { sourcesOf } from './contract/run-sources.ts';
import { print } from './print.ts';

test('a verdict is a line an invariant, the orders, and the conclusion', async () => {
  const verdict = await check(sourcesOf(smallRun()), { now: THEN });
  const lines = print(verdict).split('\n');
  expect(lines).toHaveLength(verdict.invariants.length + 3);
  expect(lines[0]).toBe('✓ streams-gap-free                           16 streams  each stream holds its events from the first on without a gap');
  expect(lines[7]).toBe("✓ sagas-end                                    3 orders  each saga ends once, with its order's outcome  in flight 1");
  expect(lines.slice(-3)).toEqual([
    '',
    '4 orders: 1 confirmed, 2 cancelled (stock-rejected 1, step-timed-out 1), 1 in flight. Duplicates delivered: 0.',
    'The ledger holds so far; the rest is in flight.',
  ]);
});

test('a breach names what broke on its one line', async () => {
  const run = smallRun();
  run.history.splice(0);
  const lines = print(await check(sourcesOf(run), { now: THEN })).split('\n');
  expect(lines.filter((line) => line.startsWith('✗'))).toEqual([
    '✗ order-history-equals-log                     3 orders  3 breaches: o-sold: has no row; o-short: has no row; o-late: has no row  in flight 1',
  ]);
  expect(lines.at(-1)).toBe('The ledger is broken: order-history-equals-log.');
});

test('of many breaches the first are shown and the rest are counted', async () => {
  const acknowledged = () => Array.from({ length: 1_200 }, (_, index) => `lost-${index}`);
  const text = print(await check({ ...sourcesOf(smallRun()), acknowledged }, { now: THEN }));
  expect(text).toContain('1,200 breaches: lost-0: was acknowledged, but does not exist; lost-1: was acknowledged, but does not exist; lost-2: was acknowledged, but does not exist; and 1,197 more');
});

test('an order with parked records is in flight, and counted on a line of its own', async () => {
  const run = smallRun();
  run.history.splice(0, 1);
  const parked = { async* orders() { yield { group: 'order-history', orderId: 'o-sold', records: 2 }; } };
  const verdict = await check({ ...sourcesOf(run), parked }, { now: THEN });
  expect(verdict).toMatchObject({ holds: true, parkedRecords: [{ group: 'order-history', orders: 1, records: 2 }] });
  expect(verdict.invariants.find(({ name }) => name === 'order-history-equals-log')).toMatchObject({ judged: 2, inFlight: 2 });
  expect(print(verdict).split('\n').at(-2)).toBe('Parked by order-history: 2 records of 1 order, in flight until redriven (tradewind parked list).');
  expect((await check(sourcesOf(run), { now: THEN })).holds).toBe(false);
});
