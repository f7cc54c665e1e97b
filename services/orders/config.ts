import { count, databaseConfig, logConfig, origins, processConfig, tasksConfig } from '@tradewind/process/config.ts';
import { z } from 'zod';

/** Environment variables of the process. */
export const config = z.object({
  ...processConfig, ...databaseConfig, ...logConfig, ...tasksConfig,
  INVENTORY_URL: origins.describe('Where inventory listens; several origins separated by commas'),
  STEP_TIMEOUT_MS: count.default(10_000).describe('How long a saga waits for an answer before it asks again'),
  REMINDER_MS: count.default(900_000).describe('How often a parked saga is brought to mind'),
  PRICE_TTL_MS: count.default(60_000).describe('How long a price is believed without being asked for again'),
  WIDTH: count.default(32).describe('Orders whose messages are handled side by side, in each partition'),
});
