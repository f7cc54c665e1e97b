import { expect, test } from '@jest/globals';
import { CodedError, errorCatalogue, messageErrors } from './errors.ts';

const errors = errorCatalogue('kitchen', {
  'oven-cold': { title: 'The oven is cold', canRetry: true },
  'no-flour': { title: 'There is no flour', canRetry: false },
});

test('an error says its code, whether to try again, and why it came', () => {
  const cause = new Error('no gas');
  const error = errors.error('oven-cold', undefined, { cause, details: { oven: 2 } });
  expect(error).toMatchObject({ code: 'oven-cold', canRetry: true, message: 'The oven is cold', cause, details: { oven: 2 } });
  expect(errors.error('no-flour', 'Not a gram.')).toMatchObject({ canRetry: false, message: 'Not a gram.' });
});

test('errors are told apart by code', () => {
  expect(errors.is(errors.error('oven-cold'), 'oven-cold')).toBe(true);
  expect(errors.is(errors.error('oven-cold'), 'no-flour')).toBe(false);
  expect(errors.is(new Error('oven-cold'), 'oven-cold')).toBe(false);
  expect(messageErrors.error('message-invalid')).toBeInstanceOf(CodedError);
});
