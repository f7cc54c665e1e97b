import { topics } from '@tradewind/events/topology.ts';
import { openFactPorts, openParkingLot } from '@tradewind/process/open.ts';
import { openPeers } from '@tradewind/process/peers.ts';
import { runService } from '@tradewind/process/run.ts';
import { config } from './config.ts';
import { orders } from './service.ts';

await runService({
  name: 'orders', config,
  async open(settings, host) {
    const http = await openPeers(settings, host);
    const [ports, lot] = await Promise.all([openFactPorts(settings, host, topics.orders), openParkingLot(settings, host)]);
    return orders({ ...ports, lot, http }, host.world, {
      stepTimeoutMs: settings.STEP_TIMEOUT_MS, reminderMs: settings.REMINDER_MS, priceTtlMs: settings.PRICE_TTL_MS, width: settings.WIDTH,
    });
  },
}, process.env);
