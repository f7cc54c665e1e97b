import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { message } from './contract/harness.ts';
import { decodeMessage, encodeMessage } from './message.ts';
import { MAX_MESSAGE_BYTES } from './port.ts';

test('any key and data become one line without NUL, and come back the same', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (key, data) => {
    const sent = message(key, 1, JSON.parse(JSON.stringify(data)));
    const line = encodeMessage(sent);
    expect(line).not.toMatch(/[\n\0]/);
    expect(line.isWellFormed()).toBe(true);
    expect(decodeMessage(line)).toEqual(sent);
  }), { numRuns: 200 });
});

test('the size limit counts bytes, not characters', () => {
  const room = MAX_MESSAGE_BYTES - Buffer.byteLength(encodeMessage(message('k', 1, '')));
  expect(Buffer.byteLength(encodeMessage(message('k', 1, 'x'.repeat(room))))).toBe(MAX_MESSAGE_BYTES);
  expect(() => encodeMessage(message('k', 1, 'x'.repeat(room + 1)))).toThrow(expect.objectContaining({ code: 'message-too-large' }));
  expect(() => encodeMessage(message('k', 1, 'é'.repeat(room / 2 + 1)))).toThrow(expect.objectContaining({ code: 'message-too-large' }));
});
