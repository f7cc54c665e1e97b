import { count, databaseConfig, logConfig, processConfig } from '@tradewind/process/config.ts';
import { z } from 'zod';

/** Environment variables of the process. */
export const config = z.object({
  ...processConfig, ...databaseConfig, ...logConfig,
  PATIENCE_MS: count.default(2_000).describe('How long a reader is kept waiting for the version it asked for'),
  BATCH: count.default(1_000).describe('Records folded in one transaction, at most'),
});
