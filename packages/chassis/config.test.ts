import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { readConfig } from './config.ts';

const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080), DATABASE_URL: z.url(), LEVEL: z.enum(['info', 'debug']).default('info'),
});

test('variables become settings; absent and empty ones their defaults', () => {
  expect(readConfig(schema, { DATABASE_URL: 'postgres://db/orders', PORT: '9000', LEVEL: '', HOME: '/root' }))
    .toEqual({ PORT: 9000, DATABASE_URL: 'postgres://db/orders', LEVEL: 'info' });
});

test('each wrong variable has one line, which does not show its value', () => {
  expect(() => readConfig(schema, { PORT: 'hunter2', LEVEL: 'loud' })).toThrow(
    /^PORT: .*\nDATABASE_URL: is missing\nLEVEL: .*$/);
  expect(() => readConfig(schema, { DATABASE_URL: 'hunter2' })).toThrow(expect.not.objectContaining({ message: expect.stringContaining('hunter2') }));
});
