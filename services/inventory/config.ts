import { count, databaseConfig, logConfig, processConfig, relayConfig, tasksConfig } from '@tradewind/process/config.ts';
import { z } from 'zod';

/** Environment variables of the process. */
export const config = z.object({
  ...processConfig, ...databaseConfig, ...relayConfig, ...logConfig, ...tasksConfig,
  PREFETCH: count.default(20).describe('Commands in hand at a time, by queue'),
});
