import { databaseConfig } from '@tradewind/process/config.ts';
import { runMigration } from '@tradewind/process/migrate.ts';
import { z } from 'zod';
import { migrate } from '../model/postgres/migrate.ts';

await runMigration({ name: 'notifications', config: z.object(databaseConfig), steps: ({ DATABASE_URL }) => [[DATABASE_URL, migrate]] }, process.env);
