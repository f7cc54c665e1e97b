import { processConfig } from '@tradewind/process/config.ts';
import { z } from 'zod';
import { identityConfig } from '../identity.ts';

/** Environment variables of the console's process, besides those of its reach. */
export const config = z.object({ ...processConfig, ...identityConfig, GATEWAY_URL: z.url('must be a URL') });
