import { expect, test } from '@jest/globals';
import path from 'node:path';
import { embeddedConfig } from './config.ts';

test('port and data folder have defaults, also when set to nothing', () => {
  const expected = { port: 8080, data: path.resolve('.tradewind') };
  expect(embeddedConfig({})).toEqual(expected);
  expect(embeddedConfig({ PORT: '', DATA: '' })).toEqual(expected);
});

test.each(['-1', '65536', '80a', '1e3', ' 8080', '0x50'])('PORT=%s is refused in one line', (text) => {
  expect(() => embeddedConfig({ PORT: text })).toThrow(/^PORT must be a whole number from 0 to 65535, not "/);
});
