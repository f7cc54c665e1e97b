import { migrate } from '@tradewind/event-store/postgres/migrate.ts';
import { databaseConfig } from '@tradewind/process/config.ts';
import { runMigration } from '@tradewind/process/migrate.ts';
import { z } from 'zod';

await runMigration({ name: 'inventory', config: z.object(databaseConfig), steps: ({ DATABASE_URL }) => [[DATABASE_URL, migrate]] }, process.env);
