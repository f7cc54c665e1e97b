import { openTasks } from '@tradewind/process/open.ts';
import { runService } from '@tradewind/process/run.ts';
import { config } from './config.ts';
import { openPostgresNotifications } from './model/postgres/model.ts';
import { notifications } from './service.ts';

await runService({
  name: 'notifications', config,
  async open(settings, host) {
    const [tasks, model] = await Promise.all([
      openTasks(settings, host), host.openOn(settings.DATABASE_URL, (url) => openPostgresNotifications({ url })),
    ]);
    return notifications({ tasks, model }, host.world, { prefetch: settings.PREFETCH });
  },
}, process.env);
