import { migrate as migrateStore } from '@tradewind/event-store/postgres/migrate.ts';
import { runMigration } from '@tradewind/process/migrate.ts';
import { config } from '../config.ts';
import { migrate as migrateBook } from '../provider/postgres/migrate.ts';

await runMigration({
  name: 'payments', config: config.pick({ DATABASE_URL: true, PROVIDER_DATABASE_URL: true }),
  steps: ({ DATABASE_URL, PROVIDER_DATABASE_URL }) => [[DATABASE_URL, migrateStore], [PROVIDER_DATABASE_URL, migrateBook]],
}, process.env);
