import { runner } from 'node-pg-migrate';
import { fileURLToPath } from 'node:url';

const say = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Brings the tables up to date; processes that start at once wait for each other. */
export async function migrate(url: string): Promise<void> {
  await runner({
    databaseUrl: url,
    dir: fileURLToPath(new URL('./migrations', import.meta.url)),
    migrationsTable: 'notifications_migrations',
    direction: 'up',
    advisoryLockMode: 'wait',
    logger: say,
  });
}
