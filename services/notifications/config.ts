import { count, databaseConfig, processConfig, tasksConfig } from '@tradewind/process/config.ts';
import { z } from 'zod';

/** Environment variables of the process. */
export const config = z.object({
  ...processConfig, ...databaseConfig, ...tasksConfig,
  PREFETCH: count.default(50).describe('Messages in hand at a time'),
});
