import { topics } from '@tradewind/events/topology.ts';
import { openFactPorts } from '@tradewind/process/open.ts';
import { runService } from '@tradewind/process/run.ts';
import { config } from './config.ts';
import { inventory } from './service.ts';

await runService({
  name: 'inventory', config,
  open: async (settings, host) => inventory(
    await openFactPorts(settings, host, topics.inventory), host.world, { prefetch: settings.PREFETCH },
  ),
}, process.env);
