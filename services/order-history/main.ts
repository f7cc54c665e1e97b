import { openLog, openParkingLot } from '@tradewind/process/open.ts';
import { runService } from '@tradewind/process/run.ts';
import { config } from './config.ts';
import { openPostgresReadModel } from './read-model/postgres/read-model.ts';
import { orderHistory } from './service.ts';

await runService({
  name: 'order-history', config,
  async open(settings, host) {
    const [log, lot, model] = await Promise.all([
      openLog(settings, host), openParkingLot(settings, host), host.openOn(settings.DATABASE_URL, (url) => openPostgresReadModel({ url })),
    ]);
    return orderHistory({ log, lot, model }, host.world, { patienceMs: settings.PATIENCE_MS, batch: settings.BATCH });
  },
}, process.env);
