import { count, databaseConfig, logConfig, processConfig, tasksConfig } from '@tradewind/process/config.ts';
import { z } from 'zod';

/** Environment variables of the process. */
export const config = z.object({
  ...processConfig, ...databaseConfig, ...logConfig, ...tasksConfig,
  PREFETCH: count.default(20).describe('Commands in hand at a time, by queue'),
});
