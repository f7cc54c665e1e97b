import { count, databaseConfig, logConfig, processConfig, tasksConfig } from '@tradewind/process/config.ts';
import { z } from 'zod';

/** Environment variables of the process. */
export const config = z.object({
  ...processConfig, ...databaseConfig, ...logConfig, ...tasksConfig,
  PROVIDER_DATABASE_URL: databaseConfig.DATABASE_URL.describe("Database of the simulated payment provider's own book"),
  PREFETCH: count.default(20).describe('Commands in hand at a time, by queue'),
  PROVIDER_TIMEOUT_MS: count.default(3_000).describe('How long an answer of the provider is waited for'),
});
