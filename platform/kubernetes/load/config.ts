import { z } from 'zod';
import { identityConfig } from '../identity.ts';

const milliseconds = z.coerce.number('must be milliseconds').int('must be milliseconds').min(1, 'must be milliseconds');

/** Environment variables of a load that runs as a Job. */
export const config = z.object({
  ...identityConfig,
  GATEWAY_URL: z.url('must be a URL').describe('Where orders are sent'),
  RUN: z.string().regex(/^[a-z0-9-]{1,60}$/, 'must be small letters, digits and dashes').describe('Begins the ids of its orders'),
  LOAD: z.coerce.number('must be a number').gt(0, 'must be more than 0').default(10).describe('Orders a second'),
  SEED: z.coerce.number('must be a whole number').int('must be a whole number').default(1).describe('Of what clients do'),
  PERSIST_MS: milliseconds.default(180_000).describe('How long patient clients wait out an outage'),
  CONNECT_TIMEOUT_MS: milliseconds.default(1_000).describe('How long a connection may take'),
  ANSWER_TIMEOUT_MS: milliseconds.default(3_000).describe('How long an answer may take, before the request is sent again'),
});
