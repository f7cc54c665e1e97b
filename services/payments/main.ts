import { topics } from '@tradewind/events/topology.ts';
import { openFactPorts } from '@tradewind/process/open.ts';
import { runService } from '@tradewind/process/run.ts';
import { config } from './config.ts';
import { openPostgresBook } from './provider/postgres/book.ts';
import { simulatedProvider } from './provider/simulated.ts';
import { payments } from './service.ts';

await runService({
  name: 'payments', config,
  async open({ PROVIDER_DATABASE_URL, ...settings }, host) {
    const [ports, book] = await Promise.all([
      openFactPorts(settings, host, topics.payments),
      host.openOn(PROVIDER_DATABASE_URL, (url) => openPostgresBook({ url })),
    ]);
    const provider = await host.open('payment provider', () => Promise.resolve(simulatedProvider({ book, ...host.world })));
    return payments({ ...ports, provider }, host.world, { prefetch: settings.PREFETCH, providerTimeoutMs: settings.PROVIDER_TIMEOUT_MS });
  },
}, process.env);
