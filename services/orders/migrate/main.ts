import { migrate as migrateStore } from '@tradewind/event-store/postgres/migrate.ts';
import { migrate as migrateParking } from '@tradewind/log/parking/postgres/migrate.ts';
import { databaseConfig } from '@tradewind/process/config.ts';
import { runMigration } from '@tradewind/process/migrate.ts';
import { z } from 'zod';

await runMigration({
  name: 'orders', config: z.object(databaseConfig),
  steps: ({ DATABASE_URL }) => [[DATABASE_URL, migrateStore], [DATABASE_URL, migrateParking]],
}, process.env);
