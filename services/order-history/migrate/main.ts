import { migrate as migrateParking } from '@tradewind/log/parking/postgres/migrate.ts';
import { databaseConfig } from '@tradewind/process/config.ts';
import { runMigration } from '@tradewind/process/migrate.ts';
import { z } from 'zod';
import { migrate as migrateReadModel } from '../read-model/postgres/migrate.ts';

await runMigration({
  name: 'order-history', config: z.object(databaseConfig),
  steps: ({ DATABASE_URL }) => [[DATABASE_URL, migrateReadModel], [DATABASE_URL, migrateParking]],
}, process.env);
