import { errorCatalogue } from '@tradewind/events/errors.ts';
import type { z } from 'zod';

export const configErrors = errorCatalogue('config', {
  'config-invalid': { title: 'The environment variables do not fit', canRetry: false },
});

/**
 * Settings from environment variables, as their schema understands them. An empty variable counts as absent.
 * @throws CodedError `config-invalid`, with a line for each variable that is wrong; values are never shown.
 */
export function readConfig<Schema extends z.ZodObject>(schema: Schema, env: Record<string, string | undefined>): z.infer<Schema> {
  const given = Object.fromEntries(Object.keys(schema.shape).filter((name) => env[name]).map((name) => [name, env[name]]));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = new Map(parsed.error.issues.map((issue) => [String(issue.path[0]), issue.message]));
  const lines = [...faults].map(([name, message]) => `${name}: ${name in given ? message : 'is missing'}`);
  throw configErrors.error('config-invalid', lines.join('\n'));
}
