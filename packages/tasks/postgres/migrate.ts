import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import { asTasksError } from './failure.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Brings the tables up to date; processes that start at once wait for each other. @throws CodedError `tasks-unavailable` */
export async function migrate(url: string): Promise<void> {
  try {
    await runner({
      databaseUrl: url,
      dir: fileURLToPath(new URL('./migrations', import.meta.url)),
      migrationsTable: 'tasks_migrations',
      direction: 'up',
      advisoryLockMode: 'wait',
      logger: silent,
    });
  } catch (error) {
    throw asTasksError(error);
  }
}
