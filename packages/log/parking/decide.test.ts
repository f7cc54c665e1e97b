import { expect, test } from '@jest/globals';
import { errorCatalogue, messageErrors } from '@tradewind/events/errors.ts';
import { recordAt } from './contract/lot.contract.ts';
import { verdictOn, wayOf } from './decide.ts';

const policy = { attempts: 4, firstDelayMs: 10 };
const errors = errorCatalogue('test', { down: { title: 'Down', canRetry: true }, wrong: { title: 'Wrong', canRetry: false } });

test('an outage is never held against a record, however often it was tried', () => {
  for (const attempt of [1, 4, 1_000]) expect(verdictOn(errors.error('down'), attempt, policy)).toEqual({ type: 'give-back' });
});

test('an error that no retry changes parks a record at once', () => {
  expect(verdictOn(errors.error('wrong'), 1, policy)).toMatchObject({ type: 'park', code: 'wrong' });
  expect(verdictOn(messageErrors.error('message-from-the-future', 'x.v9'), 1, policy)).toMatchObject({ type: 'park', code: 'message-from-the-future', reason: expect.stringContaining('x.v9') });
});

test('any other error is tried again, later each time, and then parks the record', () => {
  const verdicts = [1, 2, 3, 4].map((attempt) => verdictOn(new TypeError('no lines'), attempt, policy));
  expect(verdicts).toEqual([
    { type: 'again', afterMs: 10 }, { type: 'again', afterMs: 20 }, { type: 'again', afterMs: 40 },
    { type: 'park', code: 'handler-failed', reason: expect.stringMatching(/^TypeError: no lines\n.*decide\.test\.ts/s) },
  ]);
  expect(verdictOn(Object.assign(new Error('no'), { code: '22P05' }), 4, policy)).toMatchObject({ code: '22P05' });
});

test.each([['a string', 'no'], ['nothing', undefined], ['a NUL', new Error('a\0b')], ['a long story', new Error('x'.repeat(10_000))]])('%s may be thrown', (_, thrown) => {
  const verdict = verdictOn(thrown, 4, policy);
  if (verdict.type !== 'park') throw new Error(verdict.type);
  expect(verdict.reason).not.toContain('\0');
  expect(verdict.reason.length).toBeLessThanOrEqual(2_000);
});

test('what is dropped is skipped, what is of a parked key waits behind', () => {
  const way = (parked: boolean, dropped: boolean) => wayOf(recordAt('a', 1), 'a', { parked: () => parked, dropped: () => dropped });
  expect([way(false, false), way(true, false), way(false, true), way(true, true)]).toEqual(['handle', 'behind', 'skip', 'skip']);
});
