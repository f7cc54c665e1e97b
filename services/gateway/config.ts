import { count, origins, processConfig } from '@tradewind/process/config.ts';
import { z } from 'zod';

const peer = (service: string) => origins.describe(`Where ${service} listens; several origins separated by commas`);

/** Environment variables of the process. */
export const config = z.object({
  ...processConfig,
  ORDERS_URL: peer('orders'), CUSTOMERS_URL: peer('customers'), INVENTORY_URL: peer('inventory'), PAYMENTS_URL: peer('payments'),
  NOTIFICATIONS_URL: peer('notifications'), ORDER_HISTORY_URL: peer('order-history'),
  TOKENS_JWKS_URL: z.url('must be a URL').optional().describe("Where the token issuer publishes its keys"),
  TOKENS_JWKS_FILE: z.string().optional().describe('Or a file that holds them (JSON Web Key Set)'),
  TOKENS_ISSUER: z.string().describe('`iss` of every token'),
  TOKENS_AUDIENCE: z.string().default('tradewind').describe('`aud` of every token'),
  CONSOLE_URL: z.url('must be a URL').optional().describe('Where the console is served, to be shown beneath `/console`; it hands out operator tokens, so that only its users may reach this port'),
  DEADLINE_MS: count.default(10_000).describe('Deadline of each request, from its arrival'),
  RATE_PER_SECOND: count.default(2_000).describe('Requests a second of one caller'),
  RATE_BURST: count.default(4_000).describe('Requests of one caller at once'),
  IN_FLIGHT: count.default(1_000).describe('Requests in hand at a time, of all callers'),
});
