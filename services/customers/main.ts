import { topics } from '@tradewind/events/topology.ts';
import { openFactPorts } from '@tradewind/process/open.ts';
import { runService } from '@tradewind/process/run.ts';
import { config } from './config.ts';
import { customers } from './service.ts';

await runService({
  name: 'customers', config,
  open: async (settings, host) => customers(
    await openFactPorts(settings, host, topics.customers), host.world, { prefetch: settings.PREFETCH },
  ),
}, process.env);
